import { Delta } from "@/components/delta";
import { providerLook } from "@/lib/providers";
import type { Headline as Shape } from "@/lib/api/types";
import { NO_CHANGE_REASONS, percentChange, type Change } from "@/lib/change";
import { compact, day, exact, plural, unitLabel } from "@/lib/format";

export function headlineChange(headline: Shape): Change {
  const percent = headline.change_percent;
  if (percent == null)
    return { text: "–", direction: "none", note: NO_CHANGE_REASONS[headline.change_note ?? "no_previous"] };
  return percentChange(percent, `vs the previous ${headline.period_days} days`);
}

const PERIOD = { sum: "", last: "latest", mean: "daily average", day: "one day" } as const;

/** One platform's main number of an artist: value, change and metric. */
export function HeadlineNumber({ headline }: { headline: Shape | undefined }) {
  if (!headline)
    return (
      <span className="text-muted" title="Nothing collected yet">
        –
      </span>
    );
  const change = headlineChange(headline);
  const title = `${providerLook(headline.provider).name}: ${exact(headline.value)} ${unitLabel(headline.value, headline.unit)}, as of ${day(headline.as_of)}; ${change.note}`;
  return (
    <span className="inline-grid justify-items-end" title={title}>
      <span className="flex items-center gap-1.5 md:flex-row-reverse">
        <span className="num font-medium">{compact(headline.value)}</span>
        {change.direction !== "none" && <Delta change={change} className="text-xs" />}
      </span>
      <span className="text-xs text-muted md:whitespace-nowrap">
        {headline.name.toLowerCase()}, {PERIOD[headline.basis] || plural(headline.period_days, "day")}
        {headline.stale && <span className="text-warn"> · {day(headline.as_of)}</span>}
      </span>
    </span>
  );
}
