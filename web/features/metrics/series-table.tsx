"use client";

import { useState } from "react";
import type { ChartLine } from "@/components/charts/types";
import { ObservationsSheet } from "@/components/observations-sheet";
import { Button } from "@/components/ui/button";
import type { Series } from "@/lib/api/types";
import { day, exact, unitName } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

type Props = { series: Series[]; days: string[]; lines: ChartLine[]; from: string; to: string };

/** The chart's numbers, day by day, newest first; each column opens its stored observations. */
export function SeriesTable({ series, days, lines, from, to }: Props) {
  const [open, setOpen] = useState<number | null>(null);
  const shown = open === null ? undefined : series[open];
  return (
    <div
      className="max-h-96 overflow-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={t("chart.tableLabel")}
    >
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-panel">
          <tr className="border-b border-line text-xs text-muted">
            <th scope="col" className="px-4 py-2 text-left font-medium">
              {t("chart.day")}
            </th>
            {lines.map((line, at) => (
              <th key={line.id} scope="col" className="px-4 py-1 text-right font-medium whitespace-nowrap">
                {line.name}, {unitName(line.unit)}{" "}
                <Button variant="link" className="text-xs" onClick={() => setOpen(at)}>
                  {t("chart.rows")}
                </Button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((on) => {
            const at = days.indexOf(on);
            return (
              <tr key={on} className="border-b border-line/70 last:border-0">
                <th scope="row" className="px-4 py-1.5 text-left font-normal whitespace-nowrap">
                  {day(on)}
                </th>
                {lines.map((line) => (
                  <td key={line.id} className="num px-4 py-1.5 text-right">
                    {line.exact[at] == null ? (
                      <span className="text-muted">
                        – <span className="text-xs">{line.reasons[at]}</span>
                      </span>
                    ) : (
                      exact(line.exact[at])
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {shown && (
        <ObservationsSheet
          of={{
            series: shown.series_id,
            title: t("rowsTitle", {
              provider: providerName(shown.provider),
              metric: metricInSentence(shown.metric, shown.name),
            }),
            unit: t("chart.rowsUnit", { unit: unitName(shown.unit), zone: shown.time_zone }),
            from,
            to,
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}
