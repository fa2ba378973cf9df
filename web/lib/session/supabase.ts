import type { SupabaseClient } from "@supabase/supabase-js";
import { readConfig } from "@/lib/config";

export const STORAGE_KEY = "arti-auth";

let opening: Promise<SupabaseClient> | undefined;

/** Load supabase-js and open its one client. Lazy, because it is a quarter of a page's scripts. */
export function openSupabase(): Promise<SupabaseClient> {
  opening ??= Promise.all([import("@supabase/supabase-js"), readConfig()])
    .then(([{ createClient }, config]) =>
      createClient(config.supabaseUrl, config.supabaseKey, {
        auth: { storageKey: STORAGE_KEY, persistSession: true, autoRefreshToken: true, detectSessionInUrl: true },
      }),
    )
    .catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
  return opening;
}
