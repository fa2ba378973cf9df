import { plural } from "@/lib/format";

/** Messages for the error codes of the auth service; an unknown code shows the service's own. */
const MESSAGES: Record<string, string> = {
  invalid_credentials: "Wrong e-mail address or password.",
  user_already_exists: "An account with this address already exists. Sign in instead.",
  email_exists: "An account with this address already exists.",
  email_address_invalid: "This address cannot receive e-mail. Check it for typing errors.",
  email_provider_disabled: "Signing in by e-mail is turned off here. Use another method.",
  same_password: "This is your current password. Choose another one.",
  current_password_required: "Enter your current password too.",
  current_password_invalid: "The current password is wrong.",
  current_password_mismatch: "The current password is wrong.",
  reauthentication_not_valid: "This code is wrong or has expired. Request a new one.",
  over_email_send_rate_limit: "An e-mail was sent a moment ago. Wait a minute before you request another.",
  user_banned: "This account is disabled. An admin of your organisation can enable it again.",
  email_not_confirmed: "Confirm your e-mail address first: the link is in your inbox.",
  signup_disabled: "New accounts are by invitation here. Ask an admin of your organisation.",
  otp_disabled: "There is no account with this address. Create one first.",
  otp_expired: "This link or code has expired or was used already.",
  code_wrong: "This code is wrong or has expired. Check it, or have a new one sent.",
  flow_state_expired: "This link has expired. Request a new one.",
  flow_state_not_found: "This link has expired or was used already. Request a new one.",
  bad_code_verifier: "This link was requested in another browser. Request a new one here.",
  pkce_code_verifier_not_found: "This link was requested in another browser. Request a new one here.",
  access_denied: "Access was denied, so nothing changed.",
  bad_oauth_state: "This sign-in took too long or was started in another tab. Start again.",
  bad_oauth_callback: "The other service sent an invalid answer. Start again.",
  provider_disabled: "This sign-in method is turned off here.",
  provider_email_needs_verification: "Confirm your e-mail address there first: we sent you a link.",
  identity_already_exists: "That account is already linked to another person here.",
  single_identity_not_deletable: "This is your only sign-in method. Add another one first.",
  email_conflict_identity_not_deletable: "It cannot be removed: its address belongs to another account.",
  manual_linking_disabled: "Adding sign-in methods is turned off on this server.",
  mfa_verification_failed: "This code is wrong. Enter the one that the app shows now.",
  mfa_challenge_expired: "That took too long. Enter the code that the app shows now.",
  mfa_ip_address_mismatch: "Your network changed meanwhile. Enter the code again.",
  mfa_factor_name_conflict: "You already have a device with this name. Choose another name.",
  mfa_totp_enroll_not_enabled: "Two-step verification is turned off on this server.",
  too_many_enrolled_mfa_factors: "You have reached the limit of devices. Remove one first.",
  insufficient_aal: "Enter a code from your authenticator app first: sign out and in again.",
  session_not_found: "Your session ended. Sign in again.",
};

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
    this.code = error.code ?? "";
    const field = FIELDS[this.code];
    this.fields = field ? [{ field, message: this.message }] : [];
    this.seconds = secondsOf(error.message);
  }
}

export function authErrorMessage(code: string, message: string): string {
  if (code === "over_request_rate_limit") return `Too many attempts. Wait ${waitOf(message)}, then try again.`;
  return MESSAGES[code] ?? (message || "The sign-in service refused this.");
}

/** The wait that the service names in its sentence, "2 minutes". */
function waitOf(message: string): string {
  const seconds = secondsOf(message) ?? 60;
  return seconds < 60 ? plural(seconds, "second") : plural(Math.ceil(seconds / 60), "minute");
}

function secondsOf(message: string): number | null {
  return Number(/after (\d+) seconds?/.exec(message)?.[1] ?? 0) || null;
}

/** Throw an error of the auth service with a readable message. */
export function throwAuthError(error: AuthErrorResponse): never {
  const silent = error.name === "AuthRetryableFetchError" || (!error.status && !error.code);
  if (silent) throw new Error("ARTi cannot be reached. Check your connection, then try again.");
  throw new AuthError(error);
}
