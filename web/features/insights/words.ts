import { dayRange } from "@/lib/format";

export const DETECTORS: Record<string, { name: string; explains: string }> = {
  spike: { name: "Spike", explains: "Single days far outside what is usual for this artist." },
  level_shift: { name: "New level", explains: "The usual day is clearly higher or lower than it was." },
  trend_change: { name: "Trend change", explains: "The weekly trend turned, or got much steeper or flatter." },
  milestone: { name: "Milestone", explains: "A round number was reached for the first time." },
  growth: { name: "Growth", explains: "The period is compared with the one before it." },
  stale_data: { name: "Stale data", explains: "Numbers that should have come did not." },
};

export const SEVERITIES = {
  important: { name: "Important", tone: "bad" },
  notice: { name: "Notice", tone: "warn" },
  info: { name: "Info", tone: "neutral" },
} as const;

const AGGREGATES: Record<string, string> = {
  sum: "sum",
  mean: "daily average",
  median: "median day",
  first: "first value",
  last: "last value",
  max: "highest day",
  min: "lowest day",
  count: "days with a value",
  rank: "rank of the last day, 1 is the highest",
  slope: "trend, in units a week",
  days_since: "days since the last value",
  days_at_least: "days at or above the level",
  milestone: "highest round number reached",
};

const WEEKDAYS = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

type Window = { of?: string; from: string; to: string; weekday?: number; level?: number };

function windowWords(of: string, window: Window): string {
  const days = window.weekday ? `, ${WEEKDAYS[window.weekday - 1]} only` : "";
  const level = window.level != null ? ` (level ${window.level.toLocaleString("en-US")})` : "";
  return `${AGGREGATES[of] ?? of}${level} of ${dayRange(window.from, window.to)}${days}`;
}

/** Say in words how a number was computed. `stored` is the computation kept with the evidence. */
export function computationWords(stored: Record<string, unknown>): string {
  const computation = stored as Window & { op: string; base?: Window & { of: string }; differenced?: boolean };
  if (!computation.from) return "A passage from the knowledge base";
  const gains = computation.differenced ? " Daily gains of a running total." : "";
  if (!computation.base) return capital(windowWords(computation.op, computation)) + "." + gains;
  const verb = { percent_change: "Change in percent", times: "Ratio", change: "Difference" }[computation.op] ?? computation.op;
  const now = windowWords(computation.of ?? "sum", computation);
  return `${verb}: ${now}, against ${windowWords(computation.base.of, computation.base)}.${gains}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
