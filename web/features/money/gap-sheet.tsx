"use client";

import { FileDown } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { RoyaltyGap } from "@/lib/api/types";
import { exact } from "@/lib/format";
import { t } from "./messages";
import { useGapQuery, useGapRows } from "./reconciliation-queries";

const COLUMNS = ["month", "store", "country", "title", "quantity", "amount", "statement"] as const;

type Props = { gap: RoyaltyGap; artist: string | undefined; onClose: () => void };

/** The rows of a gap, and its query to the distributor. */
export function GapSheet({ gap, artist, onClose }: Props) {
  const { data, error, refetch } = useGapRows(gap.id, artist);
  const query = useGapQuery(gap, artist);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("rows.title")}
      description={gap.sentence}
      className="w-[min(820px,100vw)]"
    >
      <div className="grid grid-cols-1 gap-4">
        <div className="flex flex-wrap items-center gap-2">
          <p className="mr-auto text-sm text-muted">{gap.way_out}</p>
          <Button busy={query.isPending} onClick={() => query.mutate("text")}>
            <FileDown aria-hidden /> {t("rows.asText")}
          </Button>
          <Button busy={query.isPending} onClick={() => query.mutate("csv")}>
            <FileDown aria-hidden /> {t("rows.asCsv")}
          </Button>
        </div>
        {error && <ErrorState error={error} what={t("rows.what")} retry={() => void refetch()} />}
        {!data && !error && <SkeletonRows className="px-0" />}
        {data && (
          <>
            <p className="text-sm text-muted">
              {data.note} {data.items.length === 0 && t("rows.none")}
            </p>
            <div
              className="max-h-[32rem] overflow-auto rounded-card border border-line"
              tabIndex={0}
              role="region"
              aria-label={t("rows.region")}
            >
              <table className="w-full text-sm">
                <thead className="sticky top-0 bg-panel text-left text-xs text-muted">
                  <tr>
                    {COLUMNS.map((name) => (
                      <th key={name} scope="col" className="px-3 py-2 font-medium">
                        {t(`rows.columns.${name}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {data.items.map((row, at) => (
                    <tr key={at} className="border-t border-line/70">
                      <td className="px-3 py-1.5 whitespace-nowrap">{row.month}</td>
                      <td className="px-3 py-1.5">{row.store}</td>
                      <td className="px-3 py-1.5">{row.country ?? "–"}</td>
                      <td className="px-3 py-1.5">{row.title ?? row.isrc ?? "–"}</td>
                      <td className="num px-3 py-1.5 text-right whitespace-nowrap">
                        {row.quantity == null ? "–" : exact(Number(row.quantity))} {row.type}
                      </td>
                      <td className="num px-3 py-1.5 text-right whitespace-nowrap">
                        {row.amount == null ? "–" : `${row.amount} ${row.currency}`}
                      </td>
                      <td className="px-3 py-1.5 text-muted">
                        {row.kind === "streams"
                          ? t("rows.knownStreams")
                          : t("rows.place", { statement: row.statement || row.source, row: String(row.row) })}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {data.more && <p className="text-xs text-muted">{t("rows.first", { count: data.items.length })}</p>}
          </>
        )}
      </div>
    </Sheet>
  );
}
