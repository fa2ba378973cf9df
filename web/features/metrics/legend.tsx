import { Delta } from "@/components/delta";
import { Badge } from "@/components/ui/badge";
import type { ChartLine } from "@/components/charts/types";
import type { Series } from "@/lib/api/types";
import { NO_CHANGE_REASONS, percentChange } from "@/lib/change";
import { compact, day, exact, signed, signedPercent, unitLabel } from "@/lib/format";
import { SOURCES } from "@/lib/value-sources";
import { t } from "./messages";

type GainProps = { series: Series; length: number };

/** The lines with name, total, change and age. */
export function Legend({ series, lines, length }: { series: Series[]; lines: ChartLine[]; length: number }) {
  return (
    <ul className="flex flex-wrap gap-x-6 gap-y-2 px-4 pt-1 pb-2">
      {series.map((each, at) => {
        const line = lines[at]!;
        const percent = each.change_percent;
        return (
          <li key={each.series_id} className="text-sm">
            <span className="flex items-center gap-2">
              <svg viewBox="0 0 22 4" className="h-1 w-5.5" aria-hidden>
                <line x1="0" x2="22" y1="2" y2="2" stroke={line.color} strokeWidth="3" strokeDasharray={line.dash} />
              </svg>
              <span className="font-medium">{line.name}</span>
              {each.stale && <Badge tone="warn">{t("asOf", { day: day(each.as_of) })}</Badge>}
            </span>
            <span className="ml-7.5 flex items-baseline gap-1.5 text-xs text-muted">
              <span title={`${exact(each.total)} ${unitLabel(each.total, each.unit)}`}>
                <span className="num font-medium text-fg">{compact(each.total)}</span>{" "}
                {unitLabel(each.total, each.unit)}
                {each.basis ? ` ${t(`basis.${each.basis}`)}` : ""}
              </span>
              {each.source.includes("label_import") && <span>· {SOURCES.label_import}</span>}
              {percent == null && each.change_note === "rounded" && <span>· {NO_CHANGE_REASONS.rounded}</span>}
              <Gain series={each} length={length} />
              {percent != null && each.kind !== "counter" && (
                <Delta
                  className="text-xs"
                  change={percentChange(
                    percent,
                    t("change.previous", { value: compact(each.previous_total), days: length }),
                  )}
                />
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** What a running total gained: its pace alone would be a fall beside a line that rises. */
function Gain({ series: { kind, total, previous_total: before, change_percent: percent }, length }: GainProps) {
  if (kind !== "counter" || total == null || before == null) return null;
  const gain = total - before;
  const note =
    percent == null
      ? t("tile.gain", { count: length })
      : t("tile.gainPace", { count: length, percent: signedPercent(percent) });
  return (
    <>
      <Delta
        className="text-xs"
        change={{ text: signed(gain), direction: gain > 0 ? "up" : gain < 0 ? "down" : "flat", note }}
      />
      <span>{note}</span>
    </>
  );
}
