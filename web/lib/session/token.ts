import { openSupabase, STORAGE_KEY } from "./supabase";

type Stored = { access_token?: string; expires_at?: number };

const FRESH_SECONDS = 60;

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

/** Return a token that is good for at least a minute, refreshed if need be; null when signed out. */
export async function accessToken(): Promise<string | null> {
  const session = stored();
  if (!session?.access_token) return null;
  if ((session.expires_at ?? 0) - Date.now() / 1000 > FRESH_SECONDS) return session.access_token;
  const { data } = await (await openSupabase()).auth.getSession();
  return data.session?.access_token ?? null;
}

/** End the session here and on the server. The local one ends even when the server does not answer. */
export async function signOut(): Promise<void> {
  try {
    await (await openSupabase()).auth.signOut({ scope: "local" });
  } finally {
    window.localStorage.removeItem(STORAGE_KEY);
  }
}
