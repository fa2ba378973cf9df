import { rememberOrg } from "@/lib/session/active-org";
import { openSupabase } from "@/lib/session/supabase";

/** The auth service's answer in words that help; anything unknown is shown as it came. */
const WORDS: Record<string, string> = {
  invalid_credentials: "This e-mail address and password do not fit together.",
  user_already_exists: "There is an account with this address already. Sign in instead.",
  email_exists: "There is an account with this address already. Sign in instead.",
  weak_password: "This password is too weak: take at least 8 characters.",
  over_request_rate_limit: "Too many tries. Wait a minute, then try again.",
  user_banned: "This account is disabled. An admin of your organisation can enable it again.",
  email_not_confirmed: "Confirm your e-mail address first: the link is in your inbox.",
  signup_disabled: "New accounts are by invitation here. Ask an admin of your organisation.",
};

type Refusal = { code?: string; message: string; status?: number };

function refuse(error: Refusal): never {
  if (!error.status) throw new Error("The sign-in service does not answer. Is ARTi running?");
  throw new Error(WORDS[error.code ?? ""] ?? error.message);
}

export async function signIn(email: string, password: string): Promise<void> {
  const { error } = await (await openSupabase()).auth.signInWithPassword({ email, password });
  if (error) refuse(error);
}

/** Create an account. Returns whether the person is signed in with it at once. */
export async function signUp(email: string, password: string, name: string): Promise<boolean> {
  rememberOrg(null);
  const { data, error } = await (
    await openSupabase()
  ).auth.signUp({ email, password, options: { data: { display_name: name } } });
  if (error) refuse(error);
  return data.session !== null;
}

/** Set the password of somebody who came through an invitation or recovery link. */
export async function choosePassword(password: string): Promise<void> {
  const { error } = await (await openSupabase()).auth.updateUser({ password });
  if (error) refuse(error);
}

/** Where to go after signing in: only a path of this site. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}
