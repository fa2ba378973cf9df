import type { EmailOtpType } from "@supabase/supabase-js";
import type { SignInWay } from "@/components/sign-in-ways";
import type { Arrival } from "@/lib/session/arrival";
import { AuthRefused, refuse } from "@/lib/session/auth-error";
import { rememberOrg } from "@/lib/session/active-org";
import { openSupabase } from "@/lib/session/supabase";

async function auth() {
  return (await openSupabase()).auth;
}

/** Where links of mails and other services come back to. `to` says what for, `next` where to go then. */
function arriveAt(query: Record<string, string>): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value && value !== "/")).toString();
  return `${window.location.origin}/sign-in/arrive/${search ? `?${search}` : ""}`;
}

export async function signIn(email: string, password: string): Promise<void> {
  const { error } = await (await auth()).signInWithPassword({ email, password });
  if (error) refuse(error);
}

/** Create an account. Returns whether the person is signed in with it at once. */
export async function signUp(email: string, password: string, name: string): Promise<boolean> {
  rememberOrg(null);
  const options = { data: { display_name: name }, emailRedirectTo: arriveAt({ to: "confirmed" }) };
  const { data, error } = await (await auth()).signUp({ email, password, options });
  if (error) refuse(error);
  return data.session !== null;
}

export async function resendConfirmation(email: string): Promise<void> {
  const options = { emailRedirectTo: arriveAt({ to: "confirmed" }) };
  const { error } = await (await auth()).resend({ type: "signup", email, options });
  if (error) refuse(error);
}

/** Mail a link and a code to sign in with. Does not tell whether there is such an account. */
export async function mailCode(email: string, next: string): Promise<void> {
  const options = { shouldCreateUser: false, emailRedirectTo: arriveAt({ next }) };
  const { error } = await (await auth()).signInWithOtp({ email, options });
  if (error && error.code !== "otp_disabled") refuse(error);
}

/** Mail a link and a code to choose a new password with. Does not tell whether there is such an account. */
export async function mailRecovery(email: string): Promise<void> {
  const { error } = await (await auth()).resetPasswordForEmail(email, { redirectTo: arriveAt({ to: "new-password" }) });
  if (error) refuse(error);
}

/** Sign in with the code of a mail. */
export async function enterCode(email: string, code: string, type: EmailOtpType): Promise<void> {
  const { error } = await (await auth()).verifyOtp({ email, token: code.replace(/\s/g, ""), type });
  if (error?.code === "otp_expired") throw new AuthRefused({ code: "code_wrong", message: error.message });
  if (error) refuse(error);
}

/** Leave for another service's sign-in page. */
export async function leaveFor(way: SignInWay, next: string): Promise<void> {
  const { error } = await (
    await auth()
  ).signInWithOAuth({ provider: way, options: { redirectTo: arriveAt({ next }) } });
  if (error) refuse(error);
}

/** Set the password of somebody who came by a link. */
export async function choosePassword(password: string): Promise<void> {
  const { error } = await (await auth()).updateUser({ password });
  if (error) refuse(error);
}

/** Take what a link brought. Returns what it was for, as far as the link says. */
export async function takeArrival(arrival: Arrival): Promise<string> {
  const client = await auth();
  if (arrival.kind === "error") throw new AuthRefused({ code: arrival.code, message: arrival.message });
  if (arrival.kind === "message") return "message";
  if (arrival.kind === "code") {
    const { data, error } = await client.exchangeCodeForSession(arrival.code);
    if (error) refuse(error);
    return "redirectType" in data && data.redirectType === "recovery" ? "recovery" : "";
  }
  if (arrival.kind === "hash") {
    const { token_hash, type } = arrival;
    const { error } = await client.verifyOtp({ token_hash, type: type as EmailOtpType });
    if (error) refuse(error);
    return type;
  }
  const { access_token, refresh_token, type } = arrival;
  const { error } = await client.setSession({ access_token, refresh_token });
  if (error) refuse(error);
  return type;
}

export type Device = { id: string; friendly_name?: string };

/** The authenticator apps that this person has set up. */
export async function listDevices(): Promise<Device[]> {
  const { data, error } = await (await auth()).mfa.listFactors();
  if (error) refuse(error);
  return data.totp;
}

export async function enterSecondStep(factorId: string, code: string): Promise<void> {
  const { error } = await (await auth()).mfa.challengeAndVerify({ factorId, code: code.replace(/\s/g, "") });
  if (error) refuse(error);
}
