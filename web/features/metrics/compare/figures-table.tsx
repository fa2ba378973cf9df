"use client";

import { Delta } from "@/components/delta";
import { MetricHelp } from "@/components/metric-help";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { ComparedColumn, ComparedFigure, Comparison } from "@/lib/api/types";
import { NO_CHANGE_REASONS, percentChange } from "@/lib/change";
import { cn } from "@/lib/class-names";
import { compact, day, exact, unitLabel, unitName } from "@/lib/format";
import { SOURCES } from "@/lib/value-sources";
import { metricInSentence, metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";
import { LineMark } from "./subjects-card";
import { isOlder, meaningOf, periodOf, rankOf } from "./words";

type Props = { comparison: Comparison; onChoose: (column: ComparedColumn) => void };

/** Each subject a row, each meaning a column: value, change, days, source. */
export function FiguresTable({ comparison, onChoose }: Props) {
  const { columns, subjects } = comparison;
  return (
    <div
      className="relative overflow-x-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={t("table.region")}
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{t("table.title")}</caption>
        <thead>
          <tr className="border-b border-line align-bottom text-xs text-muted">
            <th scope="col" className="sticky left-0 bg-panel py-2 pr-3 pl-4 text-left font-medium">
              {t("subjects")}
            </th>
            {columns.map((column, at) => (
              <th
                key={`${column.provider} ${column.metric}`}
                scope="col"
                aria-current={at === 0 || undefined}
                className={cn("px-3 py-2 text-right font-medium whitespace-nowrap", at === 0 && "bg-accent-soft")}
              >
                <button
                  type="button"
                  title={t("table.draw", {
                    metric: metricInSentence(column.metric, column.name),
                    provider: column.provider_name,
                  })}
                  onClick={() => onChoose(column)}
                  className="inline-grid justify-items-end gap-0.5 rounded px-1 hover:text-fg"
                >
                  <ProviderName provider={column.provider} />
                  <span className="font-semibold text-fg">{metricName(column.metric, column.name)}</span>
                  <span className="font-normal">{meaningOf(column)}</span>
                  <span className="font-normal">{periodOf(column)}</span>
                </button>
                <MetricHelp metrics={[column]} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {subjects.map((subject, row) => (
            <tr key={subject.id} className="border-b border-line/70 align-top last:border-0">
              <th scope="row" className="sticky left-0 max-w-44 bg-panel py-2.5 pr-3 pl-4 text-left font-medium">
                <LineMark at={row} /> <span className="break-words">{subject.name}</span>
                {subject.artists.length > 0 && (
                  <span className="block text-xs font-normal text-muted">{subject.artists.join(", ")}</span>
                )}
              </th>
              {columns.map((column, at) => (
                <td
                  key={`${column.provider} ${column.metric}`}
                  className={cn("px-4 py-2.5 text-right whitespace-nowrap", at === 0 && "bg-accent-soft")}
                >
                  <Cell column={column} figure={column.figures.find((each) => each.subject_id === subject.id)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ column, figure }: { column: ComparedColumn; figure: ComparedFigure | undefined }) {
  if (!figure) return <span className="text-xs text-muted">– {t("table.missing")}</span>;
  const { value, previous } = figure;
  const { days } = column.period;
  const base =
    previous === null ? t("table.change", { days }) : t("table.changeBase", { days, value: compact(previous) });
  return (
    <span className="grid justify-items-end gap-0.5">
      <span className="num font-semibold" title={`${exact(value)} ${unitLabel(value, column.unit)}`}>
        {compact(value)}
      </span>
      {figure.change_percent !== null ? (
        <Delta change={percentChange(figure.change_percent, base)} className="text-xs" />
      ) : (
        figure.change_note && (
          <span className="max-w-44 text-xs whitespace-normal text-muted">{NO_CHANGE_REASONS[figure.change_note]}</span>
        )
      )}
      {value === null && figure.value_note && (
        <span className="max-w-44 text-xs whitespace-normal text-muted">{figure.value_note}</span>
      )}
      {figure.level !== null && (
        <span className="text-xs text-muted">
          {t("table.level", { value: compact(figure.level), unit: unitName(column.unit) })}
        </span>
      )}
      {figure.rank && <span className="text-xs text-muted">{rankOf(figure.rank)}</span>}
      {figure.change_rank && (
        <span className="text-xs text-muted">
          {t("table.changeRank", { rank: exact(figure.change_rank.rank), count: exact(figure.change_rank.of) })}
        </span>
      )}
      <span className="text-xs text-muted">{figure.source.map((source) => SOURCES[source]).join(", ")}</span>
      {isOlder(figure, column) && <Badge tone="warn">{t("table.asOf", { day: day(figure.as_of) })}</Badge>}
    </span>
  );
}
