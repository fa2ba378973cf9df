import { t } from "./messages";

/** The codes of the auth service that have a message here; an unknown code shows the service’s own. */
const CODES = [
  "invalid_credentials",
  "user_already_exists",
  "email_exists",
  "email_address_invalid",
  "email_provider_disabled",
  "same_password",
  "current_password_required",
  "current_password_invalid",
  "current_password_mismatch",
  "reauthentication_not_valid",
  "over_email_send_rate_limit",
  "user_banned",
  "email_not_confirmed",
  "signup_disabled",
  "otp_disabled",
  "otp_expired",
  "code_wrong",
  "flow_state_expired",
  "flow_state_not_found",
  "bad_code_verifier",
  "pkce_code_verifier_not_found",
  "access_denied",
  "bad_oauth_state",
  "bad_oauth_callback",
  "provider_disabled",
  "provider_email_needs_verification",
  "identity_already_exists",
  "single_identity_not_deletable",
  "email_conflict_identity_not_deletable",
  "manual_linking_disabled",
  "mfa_verification_failed",
  "mfa_challenge_expired",
  "mfa_ip_address_mismatch",
  "mfa_factor_name_conflict",
  "mfa_totp_enroll_not_enabled",
  "too_many_enrolled_mfa_factors",
  "insufficient_aal",
  "session_not_found",
] as const;

const FIELDS: Record<string, string> = {
  user_already_exists: "email",
  email_exists: "email",
  email_address_invalid: "email",
  weak_password: "password",
  same_password: "password",
  current_password_required: "current_password",
  current_password_invalid: "current_password",
  current_password_mismatch: "current_password",
  reauthentication_not_valid: "nonce",
  code_wrong: "code",
  mfa_verification_failed: "code",
  mfa_challenge_expired: "code",
  mfa_factor_name_conflict: "name",
};

type AuthErrorResponse = { code?: string; message: string; status?: number; name?: string };

/** An error response of the auth service. `code` is the service's own. */
export class AuthError extends Error {
  readonly code: string;
  /** The form field that the code is about. */
  readonly fields: { field: string; message: string }[];
  /** Seconds to wait before the next request, where the service gives them. */
  readonly seconds: number | null;

  constructor(error: AuthErrorResponse) {
    super(authErrorMessage(error.code ?? "", error.message));
    this.name = "AuthError";
    this.code = error.code ?? "";
    const field = FIELDS[this.code];
    this.fields = field ? [{ field, message: this.message }] : [];
    this.seconds = secondsOf(error.message);
  }
}

export function authErrorMessage(code: string, message: string): string {
  if (code === "over_request_rate_limit") return tooMany(secondsOf(message) ?? 60);
  const known = CODES.find((each) => each === code);
  return known ? t(`codes.${known}`) : message || t("refused");
}

function tooMany(seconds: number): string {
  if (seconds < 60) return t("tooMany.seconds", { count: seconds });
  return t("tooMany.minutes", { count: Math.ceil(seconds / 60) });
}

function secondsOf(message: string): number | null {
  return Number(/after (\d+) seconds?/.exec(message)?.[1] ?? 0) || null;
}

/** Throw an error of the auth service with a readable message. */
export function throwAuthError(error: AuthErrorResponse): never {
  const silent = error.name === "AuthRetryableFetchError" || (!error.status && !error.code);
  if (silent) throw new Error(t("unreachable"));
  throw new AuthError(error);
}
