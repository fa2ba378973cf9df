"use client";

import { Fragment } from "react";
import { LoadMore } from "@/components/load-more";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { call } from "@/lib/api/client";
import { useOrgList } from "@/lib/api/queries";
import type { ObservationRow } from "@/lib/api/types";
import { day, dayRange, exact, moment } from "@/lib/format";
import { t } from "@/components/messages";

export type ObservationsQuery = { series: string; title: string; unit: string; from: string; to: string };

function useObservations({ series, from, to }: ObservationsQuery) {
  return useOrgList(["artists", "observations", series, from, to], (cursor) =>
    call((client) =>
      client.GET("/api/observations", { params: { query: { series_id: series, from, to, cursor, limit: 100 } } }),
    ),
  );
}

/** The stored observations of one series, with source, time of recording and earlier values. */
export function ObservationsSheet({ of, onClose }: { of: ObservationsQuery; onClose: () => void }) {
  const { items, error, refetch, ...paging } = useObservations(of);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={of.title}
      description={t(of.unit ? "rows.descriptionIn" : "rows.description", {
        range: dayRange(of.from, of.to),
        unit: of.unit,
      })}
      className="w-[min(680px,100vw)]"
    >
      {error && !items && <ErrorState error={error} what={t("rows.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows className="px-0" />}
      {items?.length === 0 && <EmptyState title={t("rows.none")} />}
      {items && items.length > 0 && (
        <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={t("rows.label")}>
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b border-line text-left text-xs text-muted">
                <th scope="col" className="py-2 pr-3 font-medium">
                  {t("rows.day")}
                </th>
                <th scope="col" className="px-3 py-2 text-right font-medium">
                  {t("rows.value")}
                </th>
                <th scope="col" className="px-3 py-2 font-medium">
                  {t("rows.from")}
                </th>
                <th scope="col" className="py-2 pl-3 font-medium whitespace-nowrap">
                  {t("rows.knownSince")}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <Row key={row.observed_on} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <LoadMore {...paging} />
    </Sheet>
  );
}

function Row({ row }: { row: ObservationRow }) {
  return (
    <Fragment>
      <tr className="border-b border-line/70">
        <td className="py-1.5 pr-3 whitespace-nowrap">{day(row.observed_on)}</td>
        <td className="num px-3 py-1.5 text-right font-medium whitespace-nowrap">
          {exact(row.value)}
          {(row.null_reason ?? row.remark) && (
            <span className="block text-xs font-normal whitespace-normal text-muted">
              {row.null_reason ?? row.remark}
            </span>
          )}
        </td>
        <td className="px-3 py-1.5 break-words text-muted">{origin(row.source)}</td>
        <td className="py-1.5 pl-3 whitespace-nowrap text-muted">{moment(row.known_at)}</td>
      </tr>
      {row.revisions.map((before) => (
        <tr key={before.superseded_at} className="border-b border-line/70 text-xs text-warn">
          <td />
          <td className="num px-3 py-1 text-right">{exact(before.value)}</td>
          <td colSpan={2} className="px-3 py-1">
            {t("rows.restated", { moment: moment(before.superseded_at) })}
          </td>
        </tr>
      ))}
    </Fragment>
  );
}

function origin(source: ObservationRow["source"]): string {
  if (source.kind === "entry") return t("rows.byHand");
  if (source.kind === "sync") return t("rows.sync", { id: source.id.slice(0, 8) });
  const file = source.file_name ?? t("rows.file");
  return source.row ? t("rows.row", { file, row: String(source.row) }) : file;
}
