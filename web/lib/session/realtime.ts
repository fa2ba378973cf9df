import type { RealtimeClient } from "@supabase/realtime-js";
import { readConfig } from "@/lib/config";
import { accessToken } from "./token";

let opening: Promise<RealtimeClient> | undefined;

async function open(): Promise<RealtimeClient> {
  // It comes with supabase-js, in the version that supabase-js names exactly.
  const [{ RealtimeClient: Client }, config] = await Promise.all([import("@supabase/realtime-js"), readConfig()]);
  // The token is asked for again with each heartbeat, so a refreshed one is sent without more.
  return new Client(`${config.supabaseUrl.replace(/^http/, "ws")}/realtime/v1`, {
    params: { apikey: config.supabaseKey },
    accessToken,
  });
}

/** Load the client of Realtime alone: supabase-js with all its parts is three times as large. */
export function openRealtime(): Promise<RealtimeClient> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}
