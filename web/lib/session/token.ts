import { now } from "../clock";
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

/** Return whether this browser holds a session, without a request. */
export function hasSession(): boolean {
  return Boolean(stored()?.access_token);
}

/** Return the user of the stored session, as of its last refresh. */
export function storedUser(): Stored["user"] | null {
  return stored()?.user ?? null;
}

/** Return whether the session still needs the code of the authenticator app. */
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

/** Return a token that is valid for at least a minute, refreshed if necessary; null when signed out. */
export async function accessToken(): Promise<string | null> {
  const session = stored();
  if (!session?.access_token) return null;
  if ((session.expires_at ?? 0) - now() / 1000 > MIN_VALID_SECONDS) return session.access_token;
  const { data } = await (await openSupabase()).auth.getSession();
  return data.session?.access_token ?? null;
}

/** Refresh a token that the server refuses, as after a change of permissions. Returns whether it worked. */
export async function refreshToken(): Promise<boolean> {
  if (!hasSession()) return false;
  const { data } = await (await openSupabase()).auth.refreshSession();
  return data.session !== null;
}

/** Delete the stored session only: the server has ended it already. */
export function clearSession(): void {
  window.localStorage.removeItem(STORAGE_KEY);
}

/** End this session, or all of the user's. The stored one is deleted even when the server does not respond. */
export function signOut(scope: "local" | "global" = "local"): Promise<void> {
  return whileSigningOut(async () => {
    try {
      await (await openSupabase()).auth.signOut({ scope });
    } finally {
      clearSession();
    }
  });
}
