"use client";

import { Delta } from "@/components/delta";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { ComparedColumn, ComparedFigure, Comparison } from "@/lib/api/types";
import { NO_CHANGE_REASONS, percentChange } from "@/lib/change";
import { cn } from "@/lib/class-names";
import { compact, day, exact, unitLabel } from "@/lib/format";
import { SOURCES } from "@/lib/value-sources";
import { LineMark } from "./subjects-card";
import { isOlder, meaningOf, periodOf, WORDS } from "./words";

type Props = { comparison: Comparison; onChoose: (column: ComparedColumn) => void };

/** Each subject a row, each meaning a column: value, change, days, source. */
export function FiguresTable({ comparison, onChoose }: Props) {
  const { columns, subjects } = comparison;
  return (
    <div
      className="relative overflow-x-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={WORDS.tableRegion}
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{WORDS.table}</caption>
        <thead>
          <tr className="border-b border-line align-bottom text-xs text-muted">
            <th scope="col" className="sticky left-0 bg-panel py-2 pr-3 pl-4 text-left font-medium">
              {WORDS.subjects}
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
                  title={WORDS.draw(column)}
                  onClick={() => onChoose(column)}
                  className="inline-grid justify-items-end gap-0.5 rounded px-1 hover:text-fg"
                >
                  <ProviderName provider={column.provider} />
                  <span className="font-semibold text-fg">{column.name}</span>
                  <span className="font-normal">{meaningOf(column)}</span>
                  <span className="font-normal">{periodOf(column)}</span>
                </button>
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
  if (!figure) return <span className="text-xs text-muted">– {WORDS.missing}</span>;
  const { value, previous } = figure;
  const base = previous === null ? "" : ` (${compact(previous)})`;
  return (
    <span className="grid justify-items-end gap-0.5">
      <span className="num font-semibold" title={`${exact(value)} ${unitLabel(value, column.unit)}`}>
        {compact(value)}
      </span>
      {figure.change_percent !== null ? (
        <Delta
          change={percentChange(figure.change_percent, `vs the ${column.period.days} days before${base}`)}
          className="text-xs"
        />
      ) : (
        figure.change_note && (
          <span className="max-w-44 text-xs whitespace-normal text-muted">{NO_CHANGE_REASONS[figure.change_note]}</span>
        )
      )}
      {value === null && figure.value_note && (
        <span className="max-w-44 text-xs whitespace-normal text-muted">{figure.value_note}</span>
      )}
      {figure.level !== null && (
        <span className="text-xs text-muted">{WORDS.level(compact(figure.level), column.unit)}</span>
      )}
      {figure.rank && <span className="text-xs text-muted">{WORDS.rank(figure.rank)}</span>}
      {figure.change_rank && <span className="text-xs text-muted">{WORDS.changeRank(figure.change_rank)}</span>}
      <span className="text-xs text-muted">{figure.source.map((source) => SOURCES[source]).join(", ")}</span>
      {isOlder(figure, column) && <Badge tone="warn">as of {day(figure.as_of)}</Badge>}
    </span>
  );
}
