"use client";

import { useQuery } from "@tanstack/react-query";
import { readConfig } from "@/lib/config";

/** The settings of the auth service: which sign-in methods are enabled. */
export type AuthSettings = { external: Record<string, boolean>; disable_signup: boolean; mailer_autoconfirm: boolean };

async function fetchAuthSettings(): Promise<AuthSettings> {
  const config = await readConfig();
  const response = await fetch(`${config.supabaseUrl}/auth/v1/settings`, { headers: { apikey: config.supabaseKey } });
  if (!response.ok) throw new Error("ARTi cannot be reached. Check your connection, then try again.");
  return (await response.json()) as AuthSettings;
}

export function useAuthSettings() {
  return useQuery({ queryKey: ["auth-settings"], queryFn: fetchAuthSettings, staleTime: 5 * 60_000 });
}
