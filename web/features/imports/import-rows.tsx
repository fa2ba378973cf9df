"use client";

import { useState } from "react";
import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { Import, ImportRow } from "@/lib/api/types";
import { useImportRows } from "./queries";
import { ROW_TONES } from "./labels";
import { t } from "./messages";

type Which = "all" | ImportRow["status"];

/** The result of each row of the file, with its values as they are in the file. */
export function ImportRows({ item }: { item: Import }) {
  const [which, setWhich] = useState<Which>("all");
  const { items, error, refetch, ...paging } = useImportRows(item.id, which === "all" ? undefined : which);
  const columns = [...new Set(items?.slice(0, 20).flatMap((row) => Object.keys(row.values)) ?? [])];
  const { rows, warnings, rejected } = item.summary;
  return (
    <section aria-labelledby="rows-title">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h3 id="rows-title" className="text-sm font-medium">
          {t("rows.title")}
        </h3>
        <SegmentedControl
          label={t("rows.label")}
          value={which}
          onChange={(next) => setWhich(next as Which)}
          options={[
            { value: "all", label: t("rows.all", { count: rows }) },
            { value: "warning", label: t("rows.warnings", { count: warnings }) },
            { value: "rejected", label: t("rows.rejected", { count: rejected }) },
          ]}
        />
      </div>
      {error && !items && <ErrorState error={error} what={t("rows.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={6} className="px-0" />}
      {items?.length === 0 && (
        <p className="rounded-card border border-line p-4 text-center text-sm text-muted">{t("rows.none")}</p>
      )}
      {items && items.length > 0 && (
        <div
          className="max-h-[28rem] overflow-auto rounded-card border border-line"
          tabIndex={0}
          role="region"
          aria-label={t("rows.region")}
        >
          <table className="w-full text-sm">
            <thead className="sticky top-0 bg-panel">
              <tr className="border-b border-line text-left text-xs text-muted">
                <th scope="col" className="px-3 py-2 text-right font-medium">
                  {t("rows.row")}
                </th>
                <th scope="col" className="px-3 py-2 font-medium">
                  {t("rows.result")}
                </th>
                {columns.map((column) => (
                  <th key={column} scope="col" className="px-3 py-2 font-medium whitespace-nowrap">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.row} className="border-b border-line/70 last:border-0">
                  <td className="num px-3 py-1.5 text-right text-muted">{row.row}</td>
                  <td className="px-3 py-1.5">
                    <Badge tone={ROW_TONES[row.status]}>{t(`rowStatus.${row.status}`)}</Badge>
                    {row.reason && <span className="mt-0.5 block min-w-40 text-xs text-muted">{row.reason}</span>}
                  </td>
                  {columns.map((column) => (
                    <td
                      key={column}
                      className="num max-w-56 truncate px-3 py-1.5 whitespace-nowrap"
                      title={row.values[column]}
                    >
                      {row.values[column] || <span className="text-muted">–</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <LoadMore {...paging} />
        </div>
      )}
    </section>
  );
}
