import { Delta } from "@/components/delta";
import { PROVIDERS } from "@/lib/providers";
import type { Headline as Shape } from "@/lib/api/types";
import type { Change } from "@/lib/change";
import { compact, day, exact, signedPercent, unitWord } from "@/lib/format";

export function headlineChange(headline: Shape): Change {
  const percent = headline.change_percent;
  if (percent == null) return { text: "–", direction: "none", note: "nothing to compare with" };
  return {
    text: signedPercent(percent),
    direction: percent > 0 ? "up" : percent < 0 ? "down" : "flat",
    note: `vs the previous ${headline.period_days} days`,
  };
}

/** One platform's number beside an artist: value, change, and what it is. */
export function HeadlineNumber({ headline }: { headline: Shape | undefined }) {
  if (!headline) return <span className="text-muted" title="Nothing collected yet">–</span>;
  const title = `${PROVIDERS[headline.provider].name}: ${exact(headline.value)} ${unitWord(headline.value, headline.unit)}, as of ${day(headline.as_of)}`;
  return (
    <span className="inline-grid justify-items-end" title={title}>
      <span className="flex items-center gap-1.5">
        <span className="num font-medium">{compact(headline.value)}</span>
        {headline.change_percent != null && <Delta change={headlineChange(headline)} className="text-xs" />}
      </span>
      <span className="text-xs text-muted">
        {headline.name.toLowerCase()}
        {headline.stale && <span className="text-warn"> · {day(headline.as_of)}</span>}
      </span>
    </span>
  );
}
