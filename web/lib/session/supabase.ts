import type { SupabaseClient } from "@supabase/supabase-js";
import { readConfig } from "@/lib/config";
import { requireReauthentication } from "./reauthentication";

export const STORAGE_KEY = "arti-auth";

let opening: Promise<SupabaseClient> | undefined;

async function open(): Promise<SupabaseClient> {
  const [{ createClient }, config] = await Promise.all([import("@supabase/supabase-js"), readConfig()]);
  const client = createClient(config.supabaseUrl, config.supabaseKey, {
    auth: {
      storageKey: STORAGE_KEY,
      persistSession: true,
      autoRefreshToken: true,
      flowType: "pkce",
      // The page of arriving links reads them: it knows what to say when one is old, used or from elsewhere.
      detectSessionInUrl: false,
    },
  });
  client.auth.onAuthStateChange((event) => {
    if (event === "SIGNED_OUT") requireReauthentication("session-ended");
  });
  return client;
}

/** Load supabase-js and open its one client. Lazy, because it is a quarter of a page's scripts. */
export function openSupabase(): Promise<SupabaseClient> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}
