"use client";

import { useQuery } from "@tanstack/react-query";
import { readConfig } from "@/lib/config";

/** What the auth service says about itself: which ways in are open. */
export type AuthSettings = { external: Record<string, boolean>; disable_signup: boolean; mailer_autoconfirm: boolean };

async function ask(): Promise<AuthSettings> {
  const config = await readConfig();
  const answer = await fetch(`${config.supabaseUrl}/auth/v1/settings`, { headers: { apikey: config.supabaseKey } });
  if (!answer.ok) throw new Error("ARTi cannot be reached. Check your connection, then try again.");
  return (await answer.json()) as AuthSettings;
}

export function useAuthSettings() {
  return useQuery({ queryKey: ["auth-settings"], queryFn: ask, staleTime: 5 * 60_000 });
}
