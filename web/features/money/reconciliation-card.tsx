"use client";

import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { RoyaltyGap } from "@/lib/api/types";
import { exact, plural } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { GapSheet } from "./gap-sheet";
import { useReconciliation, useUnits } from "./reconciliation-queries";

const SHOWN = 8;
const MONTHS_SHOWN = 12;
const KINDS: Record<RoyaltyGap["kind"], string> = {
  missing_month: "Month missing",
  missing_store: "Store missing",
  missing_territory: "Territory missing",
  recording_without_line: "Song without a line",
  units_far: "Units far off",
  rate_far: "Rate far off",
  negative_lines: "Taken back",
  penalties: "Penalty",
  statement_twice: "Counted twice",
  unmatched_lines: "Matched to nothing",
};

/** What statements lack, repeat or pay otherwise than usual; each opens its rows and a query to the distributor. */
export function ReconciliationCard() {
  const { get } = useUrlState();
  const artist = get("artist") || undefined;
  const { data, error, refetch } = useReconciliation(artist);
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<RoyaltyGap | null>(null);
  const shown = all ? data?.gaps : data?.gaps.slice(0, SHOWN);
  const lags = data?.lags.filter((lag) => lag.lines > 0) ?? [];
  return (
    <Card aria-labelledby="reconciliation-title">
      <CardHeader
        id="reconciliation-title"
        title="Reconciliation"
        note="Statements beside known streams. Source: royalty lines, and streams of files and syncs"
      />
      {error && <ErrorState error={error} what="The reconciliation" retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={4} />}
      {data?.gaps.length === 0 && (
        <EmptyState icon={CircleCheck} title="No gap found">
          No month, store, territory or line is missing, repeated or far from the usual.
        </EmptyState>
      )}
      {shown && shown.length > 0 && (
        <ul className="border-t border-line">
          {shown.map((gap) => (
            <li
              key={gap.id}
              className="flex flex-wrap items-start gap-x-3 gap-y-1 border-b border-line/70 px-4 py-2.5 last:border-0"
            >
              <Badge tone={gap.kind.startsWith("missing") || gap.kind === "statement_twice" ? "bad" : "warn"}>
                {KINDS[gap.kind]}
              </Badge>
              <span className="min-w-0 flex-1 basis-64 text-sm break-words">
                {gap.sentence}
                <span className="block text-xs text-muted">{gap.way_out}</span>
              </span>
              <span className="num text-sm whitespace-nowrap">
                {gap.amounts.map((each) => (
                  <span key={each.currency} className="block text-right">
                    {Number(each.amount).toFixed(2)} {each.currency}
                  </span>
                ))}
              </span>
              <Button size="sm" onClick={() => setOpen(gap)} aria-label={`Open the rows: ${gap.sentence}`}>
                Rows
              </Button>
            </li>
          ))}
        </ul>
      )}
      {data && data.gaps.length > SHOWN && (
        <div className="px-4 py-2">
          <Button onClick={() => setAll(!all)}>{all ? "Show fewer" : `Show all ${exact(data.gaps.length)}`}</Button>
        </div>
      )}
      {data && data.more > 0 && <p className="px-4 py-2 text-xs text-muted">{plural(data.more, "gap")} more.</p>}
      {lags.length > 0 && (
        <p className="px-4 py-2 text-xs text-muted">
          Usual lag behind their statements:{" "}
          {lags.map((lag) => `${lag.store} ${plural(lag.lines, "month")} (${lag.source})`).join(", ")}.
        </p>
      )}
      <UnitsTable artist={artist} />
      {data && (
        <details className="border-t border-line px-4 py-2 text-xs text-muted">
          <summary className="cursor-pointer">From when on something is a gap</summary>
          <ul className="mt-2 grid gap-1">
            {data.thresholds.map((each) => (
              <li key={each.slug}>
                {exact(each.value)} {each.unit}: {each.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {open && <GapSheet gap={open} artist={artist} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function UnitsTable({ artist }: { artist: string | undefined }) {
  const { data, error, refetch } = useUnits(artist, MONTHS_SHOWN);
  if (error) return <ErrorState error={error} what="The units" retry={() => void refetch()} />;
  if (!data || data.items.length === 0) return null;
  return (
    <div
      className="max-h-72 overflow-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label="Paid units beside known streams"
    >
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-panel text-xs text-muted">
          <tr>
            <th scope="col" className="px-4 py-2 text-left font-medium">
              Month
            </th>
            <th scope="col" className="px-2 py-2 text-left font-medium">
              Store
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              Paid units
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              Known streams
            </th>
            <th scope="col" className="px-4 py-2 text-right font-medium">
              Paid part
            </th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((each) => (
            <tr key={each.month + each.store} className="border-t border-line/70">
              <td className="px-4 py-1.5 whitespace-nowrap">{each.month}</td>
              <td className="px-2 py-1.5">{each.store}</td>
              <td className="num px-2 py-1.5 text-right">{each.units == null ? "–" : exact(Number(each.units))}</td>
              <td className="num px-2 py-1.5 text-right">
                {each.streams == null ? "not known" : exact(Number(each.streams))}
              </td>
              <td className="num px-4 py-1.5 text-right">
                {each.percent == null
                  ? each.streams_days
                    ? `${plural(each.streams_days, "day")} known`
                    : "–"
                  : `${each.percent} %`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.more && <p className="px-4 py-2 text-xs text-muted">The latest {exact(data.items.length)} rows.</p>}
    </div>
  );
}
