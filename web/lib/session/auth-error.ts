/** The auth service's answer in words that help; anything unknown is shown as it came. */
const WORDS: Record<string, string> = {
  invalid_credentials: "This e-mail address and password do not fit together.",
  user_already_exists: "There is an account with this address already. Sign in instead.",
  email_exists: "There is an account with this address already.",
  email_address_invalid: "This does not look like an e-mail address that can get mail.",
  email_provider_disabled: "Signing in by e-mail is turned off here. Use one of the other ways.",
  weak_password: "This password is too weak: take at least 8 characters.",
  same_password: "That is your password already. Choose another one.",
  current_password_required: "Give your current password too.",
  current_password_invalid: "The current password is not right.",
  current_password_mismatch: "The current password is not right.",
  reauthentication_not_valid: "This code is wrong or too old. Ask for a new one.",
  over_request_rate_limit: "Too many tries. Wait a minute, then try again.",
  over_email_send_rate_limit: "A mail was sent a moment ago. Wait a minute before the next one.",
  user_banned: "This account is disabled. An admin of your organisation can enable it again.",
  email_not_confirmed: "Confirm your e-mail address first: the link is in your inbox.",
  signup_disabled: "New accounts are by invitation here. Ask an admin of your organisation.",
  otp_disabled: "There is no account with this address. Create one first.",
  otp_expired: "This link or code was used already, or it is too old.",
  code_wrong: "This code is not right, or it is too old. Check it, or have a new one sent.",
  flow_state_expired: "This link is too old. Ask for a new one.",
  flow_state_not_found: "This link was used already, or it is too old. Ask for a new one.",
  bad_code_verifier: "This link was asked for in another browser. Ask for a new one here.",
  pkce_code_verifier_not_found: "This link was asked for in another browser. Ask for a new one here.",
  access_denied: "Access was not given, so nothing changed.",
  bad_oauth_state: "This sign-in took too long, or began in another tab. Start it again.",
  bad_oauth_callback: "The other service sent an answer that cannot be read. Start again.",
  provider_disabled: "This way of signing in is turned off here.",
  provider_email_needs_verification: "Confirm your e-mail address there first: we sent you a link.",
  identity_already_exists: "That account belongs to somebody else here already.",
  single_identity_not_deletable: "This is your only way in. Add another one first.",
  email_conflict_identity_not_deletable: "It cannot be removed: its address belongs to another account.",
  manual_linking_disabled: "Adding ways to sign in is turned off on this server.",
  mfa_verification_failed: "This code is not right. Type the one that the app shows now.",
  mfa_challenge_expired: "That took too long. Type the code that the app shows now.",
  mfa_ip_address_mismatch: "Your network changed in between. Type the code again.",
  mfa_factor_name_conflict: "You have a device with this name already. Choose another name.",
  mfa_totp_enroll_not_enabled: "Two-step verification is turned off on this server.",
  too_many_enrolled_mfa_factors: "You have as many devices as are allowed. Remove one first.",
  insufficient_aal: "Enter a code of your authenticator app first: sign out, and in again.",
  session_not_found: "Your session ended. Sign in again.",
};

type AuthErrorResponse = { code?: string; message: string; status?: number; name?: string };

/** An answer of the auth service that is not a success. `code` is the service's own. */
export class AuthError extends Error {
  readonly code: string;
  /** How long to wait before asking again, when the service says so. */
  readonly seconds: number | null;

  constructor(error: AuthErrorResponse) {
    super(authErrorMessage(error.code ?? "", error.message));
    this.code = error.code ?? "";
    this.seconds = Number(/after (\d+) seconds?/.exec(error.message)?.[1] ?? 0) || null;
  }
}

export function authErrorMessage(code: string, message: string): string {
  return WORDS[code] ?? (message || "The sign-in service refuses this.");
}

/** Throw what the auth service refuses, worded for people. */
export function throwAuthError(error: AuthErrorResponse): never {
  const silent = error.name === "AuthRetryableFetchError" || (!error.status && !error.code);
  if (silent) throw new Error("ARTi cannot be reached. Check your connection, then try again.");
  throw new AuthError(error);
}
