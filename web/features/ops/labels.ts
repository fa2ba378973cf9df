import type { Tone } from "@/components/ui/badge";
import type { HealthReport, Job } from "@/lib/api/types";
import { t } from "./messages";
import en from "./messages/en.json";

export const STATE_TONES: Record<HealthReport["state"], Tone> = { ok: "good", degraded: "warn", down: "bad" };

export const JOB_TONES: Record<Job["status"], Tone> = {
  queued: "neutral",
  running: "accent",
  done: "good",
  failed: "warn",
  dead: "bad",
};
export const JOB_STATUSES = Object.keys(JOB_TONES) as Job["status"][];

type Texts = { [part: string]: Texts | string };
type Key = Parameters<typeof t>[0];

/** The text of a key that is made of what the API answers; undefined when the catalogue has none. */
function known(key: string): string | undefined {
  const text = key
    .split(".")
    .reduce<Texts | string | undefined>((at, part) => (typeof at === "object" ? at[part] : undefined), en);
  return typeof text === "string" ? t(key as Key) : undefined;
}

export const partName = (name: string) => known(`parts.${name}.name`) ?? name.replaceAll("_", " ");
export const partDoes = (name: string) => known(`parts.${name}.does`);
export const jobLabel = (name: string) => known(`names.${name}`) ?? name.replace(/[._]/g, " ");
