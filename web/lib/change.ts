import { compact, NONE, signed, signedPercent } from "./format";

export type Change = { text: string; direction: "up" | "down" | "flat" | "none"; note: string };

/** Under this base a percentage would shout: 3 → 9 people is not "+200%". */
const SMALL_BASE = 100;

/** Word a change in percent. One that rounds to nothing points nowhere. */
export function percentChange(percent: number, note: string): Change {
  const text = signedPercent(percent);
  return { text, direction: text === "0.0%" ? "flat" : percent > 0 ? "up" : "down", note };
}

/** Word the change from `previous` to `value`, with its base. `reason` explains why there is none. */
export function describeChange(
  value: number | null | undefined,
  previous: number | null | undefined,
  base: string,
  reason?: string | null,
): Change {
  if (value == null || previous == null) {
    return { text: NONE, direction: "none", note: reason || `nothing to compare with in the ${base}` };
  }
  const difference = value - previous;
  const note = `vs ${compact(previous)} in the ${base}`;
  if (Math.abs(previous) >= SMALL_BASE) return percentChange((difference / Math.abs(previous)) * 100, note);
  return { text: signed(difference), direction: difference > 0 ? "up" : difference < 0 ? "down" : "flat", note };
}
