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
  reading ??= fetch("/config.json", { cache: "no-store" })
    .then((response) => {
      if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
      return response.json() as Promise<Config>;
    })
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
