import { t } from "./messages";

const DETECTORS = [
  "spike",
  "unusual_streams",
  "playlist_move",
  "release_age",
  "past_numbers",
  "correction",
  "level_shift",
  "trend_change",
  "milestone",
  "growth",
  "stale_data",
] as const;

const known = (detector: string) => DETECTORS.find((each) => each === detector);

export function detectorName(detector: string): string {
  const name = known(detector);
  return name ? t(`detectors.${name}`) : detector;
}

/** Why a detector reports something; nothing for one that is not known. */
export function detectorReason(detector: string): string | null {
  const name = known(detector);
  return name ? t(`why.${name}`) : null;
}

export const SEVERITY_TONES = { important: "bad", notice: "warn", info: "neutral" } as const;
