import { takeEarlyConfig } from "./api/early-requests";
import { setClockAhead } from "./clock";

/** Settings that the server provides at run time, so that one build works on any host. */
export type Config = {
  apiUrl: string;
  supabaseUrl: string;
  supabaseKey: string;
  mode: string;
  clockAheadSeconds?: number;
};

let reading: Promise<Config> | undefined;

/** Read /config.json once. A failure is not cached: the next call tries again. */
export function readConfig(): Promise<Config> {
  reading ??= (takeEarlyConfig() ?? fetchConfig())
    .then((config) => {
      setClockAhead(config.clockAheadSeconds ?? 0);
      return config;
    })
    .catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
  return reading;
}

async function fetchConfig(): Promise<Config> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
  return (await response.json()) as Config;
}
