"use client";

import { ArrowDown } from "lucide-react";
import { Delta } from "@/components/delta";
import { ProviderName } from "@/components/provider-icon";
import type { AudienceCell, AudiencePlace, AudiencePlaces } from "@/lib/api/types";
import { percentChange } from "@/lib/change";
import { compact, day, exact, percent, unitName } from "@/lib/format";
import { metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";
import { cellOf } from "./places-data";
import { artistOf, columnNote } from "./words";

type Props = {
  data: AudiencePlaces;
  rows: AudiencePlace[];
  sorted: number | null;
  onSort: (column: number | null) => void;
};

/** Each city a row, each artist on each platform a column. */
export function PlacesTable({ data, rows, sorted, onSort }: Props) {
  return (
    <div
      className="relative max-h-[40rem] overflow-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={t("table.region")}
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{t("table.title")}</caption>
        <thead className="sticky top-0 z-10 bg-panel">
          <tr className="border-b border-line align-bottom text-xs text-muted">
            <th scope="col" className="sticky left-0 bg-panel py-2 pr-3 pl-4 text-left font-medium">
              {t("table.city")}
            </th>
            {data.columns.map((column, at) => (
              <th
                key={`${column.artist_id} ${column.provider}`}
                scope="col"
                aria-sort={sorted === at ? "descending" : undefined}
                className="px-3 py-2 text-right font-medium"
              >
                <button
                  type="button"
                  onClick={() => onSort(sorted === at ? null : at)}
                  className="inline-grid justify-items-end gap-0.5 rounded px-1 hover:text-fg"
                >
                  <span className="font-semibold text-fg">{artistOf(data, column)}</span>
                  <span className="flex items-center gap-1">
                    {sorted === at && <ArrowDown className="size-3" aria-hidden />}
                    <ProviderName provider={column.provider} />
                  </span>
                  <span className="font-normal">{metricName(column.metric, column.name)}</span>
                  <span className="font-normal">{columnNote(column)}</span>
                </button>
              </th>
            ))}
            <th scope="col" className="py-2 pr-4 pl-3 text-left font-medium">
              {t("table.lastShow")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((place) => (
            <tr key={place.value} className="border-b border-line/70 align-top last:border-0">
              <th scope="row" className="sticky left-0 max-w-40 bg-panel py-2 pr-3 pl-4 text-left font-medium">
                {place.name}
                {place.place && (
                  <span className="block text-xs font-normal text-muted">{place.place.country_name}</span>
                )}
              </th>
              {data.columns.map((column, at) => (
                <td key={`${column.artist_id} ${column.provider}`} className="px-4 py-2 text-right whitespace-nowrap">
                  <Cell cell={cellOf(place, at)} unit={unitName(column.unit)} />
                </td>
              ))}
              <td className="py-2 pr-4 pl-3 text-xs">
                <Shows data={data} place={place} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ cell, unit }: { cell: AudienceCell | undefined; unit: string }) {
  if (!cell) return <span className="text-xs text-muted">– {t("table.notListed")}</span>;
  const facts = [
    cell.share_percent !== null && t("table.share", { percent: percent(cell.share_percent) }),
    cell.of_average !== null && t("table.average", { times: exact(cell.of_average) }),
  ].filter(Boolean);
  const isKnown = cell.growth.some((growth) => growth.percent !== null);
  return (
    <span className="grid justify-items-end gap-0.5">
      <span className="num font-semibold" title={`${exact(cell.amount)} ${unit}`}>
        {compact(cell.amount)}
      </span>
      {cell.amount === null && <span className="text-xs text-muted">{cell.null_reason}</span>}
      {facts.length > 0 && <span className="text-xs text-muted">{facts.join(" · ")}</span>}
      {cell.growth.length > 0 && !isKnown && (
        <span className="text-xs text-muted" title={cell.growth.map((growth) => growth.note).join(" ")}>
          {t("table.noGrowth")}
          <span className="sr-only">{`: ${cell.growth.map((growth) => growth.note).join(" ")}`}</span>
        </span>
      )}
      {(isKnown ? cell.growth : []).map((growth) => (
        <span key={growth.days} className="flex items-baseline gap-1 text-xs text-muted" title={growth.note ?? ""}>
          {growth.days === 28 ? t("table.month") : t("table.year")}
          {growth.percent === null ? (
            <>
              <span aria-hidden>–</span>
              <span className="sr-only">{growth.note}</span>
            </>
          ) : (
            <Delta
              className="text-xs"
              change={percentChange(
                growth.percent,
                t("table.change", { value: exact(growth.base), day: day(growth.base_on) }),
              )}
            />
          )}
        </span>
      ))}
    </span>
  );
}

function Shows({ data, place }: { data: AudiencePlaces; place: AudiencePlace }) {
  if (place.last_shows.length === 0) return <span className="text-muted">{t("table.noShow")}</span>;
  return (
    <ul className="grid gap-0.5">
      {place.last_shows.map((show) => (
        <li key={show.artist_id}>
          <span className="whitespace-nowrap">{day(show.on)}</span>{" "}
          <span className="text-muted">
            {[data.artists.length > 1 && data.artists.find((artist) => artist.id === show.artist_id)?.name, show.title]
              .filter(Boolean)
              .join(": ")}
          </span>
        </li>
      ))}
    </ul>
  );
}
