import { compact, NONE, signed, signedPercent } from "./format";
import { labels } from "./language/labels";
import { t } from "./messages";

export type Change = { text: string; direction: "up" | "down" | "flat" | "none"; note: string };

/** Why there is no change in percent, by the API's code. */
export const NO_CHANGE_REASONS = labels(
  ["no_previous", "definition_break", "fell", "days_missing", "rounded", "small_base"],
  (code) => t(`change.reasons.${code}`),
);

/** Below this base a percentage misleads: 3 → 9 people is not shown as "+200%". */
const SMALL_BASE = 100;

/** Format a change in percent. One that rounds to zero has no direction. */
export function percentChange(percent: number, note: string): Change {
  const text = signedPercent(percent);
  return { text, direction: text === signedPercent(0) ? "flat" : percent > 0 ? "up" : "down", note };
}

/** Format the change from `previous` to `value`, with its base. `reason` explains why there is none. */
export function describeChange(
  value: number | null | undefined,
  previous: number | null | undefined,
  base: string,
  reason?: string | null,
): Change {
  if (value == null || previous == null) {
    return { text: NONE, direction: "none", note: reason || t("change.nothing", { base }) };
  }
  const difference = value - previous;
  const note = t("change.vs", { previous: compact(previous), base });
  if (Math.abs(previous) >= SMALL_BASE) return percentChange((difference / Math.abs(previous)) * 100, note);
  return { text: signed(difference), direction: difference > 0 ? "up" : difference < 0 ? "down" : "flat", note };
}
