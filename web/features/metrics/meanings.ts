import type { MetricEntry } from "@/lib/api/types";
import { day } from "@/lib/format";
import { t } from "./messages";

export type Meaning = { metric: string; provider: string; since: string; continuedAs: string | null };

/** The changes of what is counted as `metrics` on the platforms shown, within the days shown, the latest first. */
export function changesWithin(
  catalogue: MetricEntry[],
  metrics: string[],
  providers: string[],
  from: string,
  to: string,
): Meaning[] {
  return catalogue
    .filter((entry) => metrics.includes(entry.slug))
    .flatMap((entry) =>
      entry.definitions.flatMap((change) =>
        change.since_on && change.since_on > from && change.since_on <= to && isShown(change.provider, providers)
          ? [
              {
                metric: entry.slug,
                provider: change.provider,
                since: change.since_on,
                continuedAs: change.continued_as ?? null,
              },
            ]
          : [],
      ),
    )
    .sort((a, b) => b.since.localeCompare(a.since));
}

function isShown(provider: string, providers: string[]): boolean {
  return (providers as string[]).includes(provider);
}

/** What a metric's name is followed by where its meaning changed, or where it keeps that of another; else nothing. */
export function meaningOf(metric: string, changes: Meaning[], provider?: string): string {
  const own = changes.filter((change) => provider === undefined || change.provider === provider);
  const changed = own.find((change) => change.metric === metric);
  if (changed) return ` ${t("meaning.changed", { day: day(changed.since) })}`;
  return own.some((change) => change.continuedAs === metric) ? ` ${t("meaning.unbroken")}` : "";
}
