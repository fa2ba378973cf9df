import type { SupabaseClient } from "@supabase/supabase-js";
import { readConfig } from "@/lib/config";
import { wantedLanguage } from "@/lib/language/active";
import { requireReauthentication } from "./reauthentication";

export const STORAGE_KEY = "arti-auth";

function inLanguage(given: HeadersInit | undefined): Headers {
  const headers = new Headers(given);
  headers.set("Accept-Language", wantedLanguage());
  return headers;
}

let opening: Promise<SupabaseClient> | undefined;

async function open(): Promise<SupabaseClient> {
  const [{ createClient }, config] = await Promise.all([import("@supabase/supabase-js"), readConfig()]);
  const client = createClient(config.supabaseUrl, config.supabaseKey, {
    auth: {
      storageKey: STORAGE_KEY,
      persistSession: true,
      autoRefreshToken: true,
      flowType: "pkce",
      // The callback page reads links itself: it has messages for expired and used ones.
      detectSessionInUrl: false,
    },
    // Of whoever has no profile yet, the mails are in the language of the page.
    global: { fetch: (input, init) => fetch(input, { ...init, headers: inLanguage(init?.headers) }) },
  });
  client.auth.onAuthStateChange((event) => {
    if (event === "SIGNED_OUT") requireReauthentication("session-ended");
  });
  return client;
}

/** Load supabase-js and create its only client. Lazy, because it is a quarter of a page's scripts. */
export function openSupabase(): Promise<SupabaseClient> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}
