"use client";

import { More } from "@/components/more";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Failed } from "@/components/ui/state";
import type { ObservationRow, Series } from "@/lib/api/types";
import { day, dayRange, exact, moment, unitWord } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useObservations } from "./queries";

type Props = { series: Series; from: string; to: string; onClose: () => void };

/** The stored observations of one series: where each came from, since when it is known, and what was known before. */
export function RowsSheet({ series, from, to, onClose }: Props) {
  const { items, error, refetch, ...paging } = useObservations(series.series_id, from, to);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${providerName(series.provider)} ${series.name.toLowerCase()}`}
      description={`Stored rows, ${dayRange(from, to)}, in ${series.unit}, days in ${series.time_zone}`}
    >
      {error && !items && <Failed error={error} what="The rows" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows className="px-0" />}
      {items && (
        <ul className="divide-y divide-line">
          {items.map((row) => (
            <li key={row.observed_on} className="flex flex-wrap items-baseline gap-x-3 py-2 text-sm">
              <span className="w-28 shrink-0">{day(row.observed_on)}</span>
              <span className="num min-w-20 text-right font-medium">
                {row.value == null ? `– ${row.null_reason ?? ""}` : `${exact(row.value)} ${unitWord(row.value, series.unit)}`}
              </span>
              <span className="ml-auto text-right text-xs text-muted">
                {origin(row.source)} · known since {moment(row.known_at)}
              </span>
              {row.revisions.map((before) => (
                <span key={before.superseded_at} className="basis-full pl-31 text-xs text-warn">
                  Was {exact(before.value)} until {moment(before.superseded_at)}: the platform restated the day
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
      <More {...paging} />
    </Sheet>
  );
}

function origin(source: ObservationRow["source"]): string {
  if (source.kind === "sync") return `sync ${source.id.slice(0, 8)}`;
  return `${source.file_name ?? "file"}${source.row ? `, row ${source.row}` : ""}`;
}
