import { whileSigningOut } from "./reauthentication";
import { openSupabase, STORAGE_KEY } from "./supabase";

type Factor = { status?: string };
type Names = { display_name?: string; full_name?: string; name?: string };
type Stored = {
  access_token?: string;
  expires_at?: number;
  user?: { id?: string; email?: string; factors?: Factor[]; user_metadata?: Names };
};

const MIN_VALID_SECONDS = 60;

function stored(): Stored | null {
  try {
    return JSON.parse(window.localStorage.getItem(STORAGE_KEY) ?? "null") as Stored | null;
  } catch {
    return null;
  }
}

/** Say whether somebody signed in on this browser, without asking anybody. */
export function hasSession(): boolean {
  return Boolean(stored()?.access_token);
}

/** Return who signed in on this browser, as they were when they did. */
export function storedUser(): Stored["user"] | null {
  return stored()?.user ?? null;
}

/** Say whether a password was given, but not yet the code of the authenticator app. */
export function needsMfa(): boolean {
  const session = stored();
  if (!session?.access_token || !session.user?.factors?.some((factor) => factor.status === "verified")) return false;
  return claimsOf(session.access_token).aal !== "aal2";
}

function claimsOf(token: string): { aal?: string } {
  try {
    const part = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(atob(part)) as { aal?: string };
  } catch {
    return {};
  }
}

/** Return a token that is good for at least a minute, refreshed if need be; null when signed out. */
export async function accessToken(): Promise<string | null> {
  const session = stored();
  if (!session?.access_token) return null;
  if ((session.expires_at ?? 0) - Date.now() / 1000 > MIN_VALID_SECONDS) return session.access_token;
  const { data } = await (await openSupabase()).auth.getSession();
  return data.session?.access_token ?? null;
}

/** Get another token when the server refuses the one we hold, as after a change of rights. Says whether there is one. */
export async function refreshToken(): Promise<boolean> {
  if (!hasSession()) return false;
  const { data } = await (await openSupabase()).auth.refreshSession();
  return data.session !== null;
}

/** Forget the session on this browser only: the server has ended it already. */
export function clearSession(): void {
  window.localStorage.removeItem(STORAGE_KEY);
}

/** End the session here and on the server, or all of the person's. It ends here even when the server does not answer. */
export function signOut(scope: "local" | "global" = "local"): Promise<void> {
  return whileSigningOut(async () => {
    try {
      await (await openSupabase()).auth.signOut({ scope });
    } finally {
      clearSession();
    }
  });
}
