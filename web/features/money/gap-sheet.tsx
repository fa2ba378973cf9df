"use client";

import { FileDown } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { RoyaltyGap } from "@/lib/api/types";
import { exact } from "@/lib/format";
import { useGapQuery, useGapRows } from "./reconciliation-queries";

type Props = { gap: RoyaltyGap; artist: string | undefined; onClose: () => void };

/** The rows of a gap, and its query to the distributor. */
export function GapSheet({ gap, artist, onClose }: Props) {
  const { data, error, refetch } = useGapRows(gap.id, artist);
  const query = useGapQuery(gap, artist);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rows of the gap"
      description={gap.sentence}
      className="w-[min(820px,100vw)]"
    >
      <div className="grid grid-cols-1 gap-4">
        <div className="flex flex-wrap items-center gap-2">
          <p className="mr-auto text-sm text-muted">{gap.way_out}</p>
          <Button busy={query.isPending} onClick={() => query.mutate("text")}>
            <FileDown aria-hidden /> Query as text
          </Button>
          <Button busy={query.isPending} onClick={() => query.mutate("csv")}>
            <FileDown aria-hidden /> Rows as CSV
          </Button>
        </div>
        {error && <ErrorState error={error} what="The rows" retry={() => void refetch()} />}
        {!data && !error && <SkeletonRows className="px-0" />}
        {data && (
          <>
            <p className="text-sm text-muted">
              {data.note} {data.items.length === 0 && "There is none."}
            </p>
            <div
              className="max-h-[32rem] overflow-auto rounded-card border border-line"
              tabIndex={0}
              role="region"
              aria-label="Rows"
            >
              <table className="w-full text-sm">
                <thead className="sticky top-0 bg-panel text-left text-xs text-muted">
                  <tr>
                    {["Month", "Store", "Country", "Title", "Quantity", "Amount", "Statement"].map((name) => (
                      <th key={name} scope="col" className="px-3 py-2 font-medium">
                        {name}
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
                        {row.kind === "streams" ? "known streams" : `${row.statement || row.source}, row ${row.row}`}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {data.more && (
              <p className="text-xs text-muted">The first {exact(data.items.length)} rows; the CSV has more.</p>
            )}
          </>
        )}
      </div>
    </Sheet>
  );
}
