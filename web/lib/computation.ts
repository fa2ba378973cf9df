import { dayRange } from "./format";

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
  ratio: "ratio of two numbers",
  part: "part",
  gain: "gain",
  milestone: "highest round number reached",
};

const WEEKDAYS = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

type Window = { of?: string; from: string; to: string; weekday?: number; level?: number };

function describeWindow(of: string, window: Window): string {
  const days = window.weekday ? `, ${WEEKDAYS[window.weekday - 1]} only` : "";
  const level = window.level != null ? ` (level ${window.level.toLocaleString("en-US")})` : "";
  return `${AGGREGATES[of] ?? of}${level} of ${dayRange(window.from, window.to)}${days}`;
}

/** Describe how a number was computed. `stored` is the computation of the evidence. */
export function describeComputation(stored: Record<string, unknown>): string {
  const computation = stored as Window & { op: string; base?: Window & { of: string }; differenced?: boolean };
  if ("campaign_costs" in stored) return "Sum of the costs entered for these campaigns.";
  if (!computation.from) return "A passage from the knowledge base";
  const gains = computation.differenced ? " Daily gains of a running total." : "";
  if (!computation.base) return capital(describeWindow(computation.op, computation)) + "." + gains;
  const verb =
    { percent_change: "Change in percent", times: "Ratio", change: "Difference" }[computation.op] ?? computation.op;
  const now = describeWindow(computation.of ?? "sum", computation);
  return `${verb}: ${now}, against ${describeWindow(computation.base.of, computation.base)}.${gains}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
