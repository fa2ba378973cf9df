import { dayRange, exact } from "./format";
import { t } from "./messages";

const AGGREGATES = [
  "sum",
  "mean",
  "median",
  "first",
  "last",
  "max",
  "min",
  "count",
  "rank",
  "slope",
  "days_since",
  "days_at_least",
  "ratio",
  "part",
  "gain",
  "milestone",
] as const;
const VERBS = ["percent_change", "times", "change"] as const;

type Window = { of?: string; from: string; to: string; weekday?: number; level?: number };
type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

function describeWindow(aggregate: string, window: Window): string {
  const known = AGGREGATES.find((each) => each === aggregate);
  const name = known ? t(`computation.aggregates.${known}`) : aggregate;
  const of = window.level != null ? t("computation.level", { of: name, level: exact(window.level) }) : name;
  const range = dayRange(window.from, window.to);
  if (!window.weekday) return t("computation.window", { of, range });
  return t("computation.windowOn", { of, range, weekday: t(`computation.weekdays.${window.weekday as Weekday}`) });
}

/** Describe how a number was computed. `stored` is the computation of the evidence. */
export function describeComputation(stored: Record<string, unknown>): string {
  const computation = stored as Window & { op: string; base?: Window & { of: string }; differenced?: boolean };
  if ("campaign_costs" in stored) return t("computation.costs");
  if ("campaign_budgets" in stored) return t("computation.budgets");
  if ("royalty_lines" in stored) return t("computation.royalties");
  if (!computation.from) return t("computation.passage");
  const gains = computation.differenced ? ` ${t("computation.gains")}` : "";
  if (!computation.base) return capital(describeWindow(computation.op, computation)) + "." + gains;
  const known = VERBS.find((each) => each === computation.op);
  const verb = known ? t(`computation.verbs.${known}`) : computation.op;
  const now = describeWindow(computation.of ?? "sum", computation);
  return t("computation.against", { verb, now, before: describeWindow(computation.base.of, computation.base) }) + gains;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
