"use client";

import dynamic from "next/dynamic";
import type { ChartLine } from "@/components/charts/types";
import { Skeleton } from "@/components/ui/skeleton";
import type { Comparison } from "@/lib/api/types";
import { day, dayRange, exact, signedPercent, unitName } from "@/lib/format";
import { metricName } from "@/lib/metric-names/metric-name";
import { lastBreak, toLines } from "./compare-data";
import { t } from "./messages";
import { useComparedMarks } from "./queries";
import type { ComparisonView } from "./use-comparison-view";
import { dayUnit, markOf, meaningOf } from "./words";

const LineChart = dynamic(() => import("@/components/charts/line-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-80" />,
});

const MARKS_SHOWN = 12;

type Props = { comparison: Comparison; view: Pick<ComparisonView, "indexed" | "before" | "asTable"> };

/** The chosen number day by day, as lines or as a table. */
export function ChartPart({ comparison, view }: Props) {
  const column = comparison.columns[0]!;
  const { from, to } = column.period;
  const artists = [...new Set(comparison.subjects.flatMap((subject) => subject.artist_ids))];
  const marks = useComparedMarks(artists, from, to).data ?? [];
  const lines = toLines(comparison, { indexed: view.indexed, before: view.before });
  const days = comparison.lines[0]?.points.map((point) => point.on) ?? [];
  const breaks = [...new Map(column.figures.flatMap((each) => each.breaks).map((each) => [each.on, each])).values()];
  const missing = comparison.subjects.filter((subject) => !lines.some((line) => line.id === subject.id));
  const unit = view.indexed ? "index" : dayUnit(column);
  const cut = view.indexed && lastBreak(comparison, from);
  return (
    <>
      {view.asTable ? (
        <DaysTable lines={lines} days={days} />
      ) : (
        <div className="px-2 pb-1">
          <LineChart
            title={t("chart.titleDays", {
              metric: metricName(column.metric, column.name),
              provider: column.provider_name,
              days: dayRange(from, to),
            })}
            days={days}
            lines={lines}
            marks={marks.map((mark) => ({ ...mark, on: mark.starts_on, title: markOf(mark) }))}
            breaks={breaks}
            gaps={[]}
            unit={unit}
            height={320}
          />
        </div>
      )}
      <p className="sr-only">{comparison.subjects.map((subject) => describe(comparison, subject)).join(" ")}</p>
      <ul className="px-4 pb-3 text-xs text-muted empty:hidden">
        {missing.map((subject) => (
          <li key={subject.id}>{t("chart.noLine", { name: subject.name })}</li>
        ))}
        {marks.slice(-MARKS_SHOWN).map((mark) => (
          <li key={mark.source + mark.id}>
            {mark.starts_on === mark.ends_on ? day(mark.starts_on) : dayRange(mark.starts_on, mark.ends_on)}:{" "}
            {markOf(mark)}
          </li>
        ))}
        {breaks.map((each) => (
          <li key={each.on}>{`${column.provider_name}, ${day(each.on)}: ${each.note}`}</li>
        ))}
        {cut && <li>{t("chart.indexCut", { provider: column.provider_name })}</li>}
      </ul>
    </>
  );
}

/** What the line of a subject comes to, in one sentence, for screen readers. */
function describe({ columns }: Comparison, { id, name }: Comparison["subjects"][number]): string {
  const column = columns[0]!;
  const figure = column.figures.find((each) => each.subject_id === id);
  if (!figure || figure.value === null) return t("chart.noLine", { name });
  const values = { name, value: exact(figure.value), meaning: meaningOf(column) };
  return figure.change_percent === null
    ? t("chart.describe", values)
    : t("chart.describeChange", { ...values, change: signedPercent(figure.change_percent) });
}

function DaysTable({ lines, days }: { lines: ChartLine[]; days: string[] }) {
  return (
    <div
      className="max-h-96 overflow-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={t("chart.daily")}
    >
      <table className="w-full text-sm">
        <caption className="sr-only">{t("chart.daily")}</caption>
        <thead className="sticky top-0 bg-panel">
          <tr className="border-b border-line text-xs text-muted">
            <th scope="col" className="px-4 py-2 text-left font-medium">
              {t("chart.day")}
            </th>
            {lines.map((line) => (
              <th key={line.id} scope="col" className="px-4 py-1 text-right font-medium">
                {line.name}, {unitName(line.unit)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days
            .map((on, at) => (
              <tr key={on} className="border-b border-line/70 last:border-0">
                <th scope="row" className="px-4 py-1.5 text-left font-normal whitespace-nowrap">
                  {day(on)}
                </th>
                {lines.map((line) => (
                  <td key={line.id} className="num px-4 py-1.5 text-right">
                    {line.exact[at] === null ? (
                      <span className="text-xs text-muted">{t("chart.noData")}</span>
                    ) : (
                      exact(line.exact[at])
                    )}
                  </td>
                ))}
              </tr>
            ))
            .toReversed()}
        </tbody>
      </table>
    </div>
  );
}
