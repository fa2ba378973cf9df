import type { EmailOtpType } from "@supabase/supabase-js";
import type { IdentityProvider } from "@/components/identity-provider";
import type { AuthCallback } from "@/lib/session/auth-callback";
import { AuthError, throwAuthError } from "@/lib/session/auth-error";
import { setActiveOrgId } from "@/lib/session/active-org";
import { openSupabase } from "@/lib/session/supabase";

async function auth() {
  return (await openSupabase()).auth;
}

/** The redirect URL of e-mail links and identity providers. `to` is the purpose, `next` the page after it. */
function callbackUrl(query: Record<string, string>): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value && value !== "/")).toString();
  return `${window.location.origin}/sign-in/callback/${search ? `?${search}` : ""}`;
}

export async function signIn(email: string, password: string): Promise<void> {
  const { error } = await (await auth()).signInWithPassword({ email, password });
  if (error) throwAuthError(error);
}

/** Create an account. Returns whether the person is signed in with it at once. */
export async function signUp(email: string, password: string, name: string): Promise<boolean> {
  setActiveOrgId(null);
  const options = { data: { display_name: name }, emailRedirectTo: callbackUrl({ to: "confirmed" }) };
  const { data, error } = await (await auth()).signUp({ email, password, options });
  if (error) throwAuthError(error);
  return data.session !== null;
}

export async function resendConfirmation(email: string): Promise<void> {
  const options = { emailRedirectTo: callbackUrl({ to: "confirmed" }) };
  const { error } = await (await auth()).resend({ type: "signup", email, options });
  if (error) throwAuthError(error);
}

/** Mail a link and a code to sign in. Does not reveal whether the account exists. */
export async function sendSignInCode(email: string, next: string): Promise<void> {
  const options = { shouldCreateUser: false, emailRedirectTo: callbackUrl({ next }) };
  const { error } = await (await auth()).signInWithOtp({ email, options });
  if (error && error.code !== "otp_disabled") throwAuthError(error);
}

/** Mail a link and a code to choose a new password. Does not reveal whether the account exists. */
export async function sendPasswordRecovery(email: string): Promise<void> {
  const { error } = await (
    await auth()
  ).resetPasswordForEmail(email, { redirectTo: callbackUrl({ to: "new-password" }) });
  if (error) throwAuthError(error);
}

/** Sign in with the code of a mail. */
export async function verifyEmailCode(email: string, code: string, type: EmailOtpType): Promise<void> {
  const { error } = await (await auth()).verifyOtp({ email, token: code.replace(/\s/g, ""), type });
  if (error?.code === "otp_expired") throw new AuthError({ code: "code_wrong", message: error.message });
  if (error) throwAuthError(error);
}

/** Go to the sign-in page of an identity provider. */
export async function signInWithProvider(provider: IdentityProvider, next: string): Promise<void> {
  const { error } = await (await auth()).signInWithOAuth({ provider, options: { redirectTo: callbackUrl({ next }) } });
  if (error) throwAuthError(error);
}

/** Set the password of a user who signed in by a link. */
export async function updatePassword(password: string): Promise<void> {
  const { error } = await (await auth()).updateUser({ password });
  if (error) throwAuthError(error);
}

/** Use the credentials of a link. Returns the link's type, where it has one. */
export async function completeAuthCallback(callback: AuthCallback): Promise<string> {
  const client = await auth();
  if (callback.kind === "error") throw new AuthError({ code: callback.code, message: callback.message });
  if (callback.kind === "message") return "message";
  if (callback.kind === "code") {
    const { data, error } = await client.exchangeCodeForSession(callback.code);
    if (error) throwAuthError(error);
    return "redirectType" in data && data.redirectType === "recovery" ? "recovery" : "";
  }
  if (callback.kind === "hash") {
    const { token_hash, type } = callback;
    const { error } = await client.verifyOtp({ token_hash, type: type as EmailOtpType });
    if (error) throwAuthError(error);
    return type;
  }
  const { access_token, refresh_token, type } = callback;
  const { error } = await client.setSession({ access_token, refresh_token });
  if (error) throwAuthError(error);
  return type;
}

export type MfaFactor = { id: string; friendly_name?: string };

/** The verified authenticator apps of the user. */
export async function listMfaFactors(): Promise<MfaFactor[]> {
  const { data, error } = await (await auth()).mfa.listFactors();
  if (error) throwAuthError(error);
  return data.totp;
}

export async function verifyMfaCode(factorId: string, code: string): Promise<void> {
  const { error } = await (await auth()).mfa.challengeAndVerify({ factorId, code: code.replace(/\s/g, "") });
  if (error) throwAuthError(error);
}
