"use client";

import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { RoyaltyGap } from "@/lib/api/types";
import { currencyAmount, exact, month, percent } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { GapSheet } from "./gap-sheet";
import { t } from "./messages";
import { useReconciliation, useUnits } from "./reconciliation-queries";

const SHOWN = 8;
const MONTHS_SHOWN = 12;

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
      <CardHeader id="reconciliation-title" title={t("gaps.title")} note={t("gaps.note")} />
      {error && <ErrorState error={error} what={t("gaps.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={4} />}
      {data?.gaps.length === 0 && (
        <EmptyState icon={CircleCheck} title={t("gaps.none")}>
          {t("gaps.noneHint")}
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
                {t(`gaps.kinds.${gap.kind}`)}
              </Badge>
              <span className="min-w-0 flex-1 basis-64 text-sm break-words">
                {gap.sentence}
                <span className="block text-xs text-muted">{gap.way_out}</span>
              </span>
              <span className="num text-sm whitespace-nowrap">
                {gap.amounts.map((each) => (
                  <span key={each.currency} className="block text-right">
                    {currencyAmount(Number(each.amount), each.currency)}
                  </span>
                ))}
              </span>
              <Button size="sm" onClick={() => setOpen(gap)} aria-label={t("gaps.openOf", { sentence: gap.sentence })}>
                {t("gaps.open")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {data && data.gaps.length > SHOWN && (
        <div className="px-4 py-2">
          <Button onClick={() => setAll(!all)}>
            {all ? t("gaps.fewer") : t("gaps.all", { count: data.gaps.length })}
          </Button>
        </div>
      )}
      {data && data.more > 0 && <p className="px-4 py-2 text-xs text-muted">{t("gaps.more", { count: data.more })}</p>}
      {lags.length > 0 && (
        <p className="px-4 py-2 text-xs text-muted">
          {t("gaps.lags", {
            stores: lags.map(({ store, lines, source }) => t("gaps.lag", { store, count: lines, source })).join(", "),
          })}
        </p>
      )}
      <UnitsTable artist={artist} />
      {data && (
        <details className="border-t border-line px-4 py-2 text-xs text-muted">
          <summary className="cursor-pointer">{t("gaps.thresholds")}</summary>
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
  if (error) return <ErrorState error={error} what={t("unitsTable.what")} retry={() => void refetch()} />;
  if (!data || data.items.length === 0) return null;
  return (
    <div
      className="max-h-72 overflow-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={t("unitsTable.region")}
    >
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-panel text-xs text-muted">
          <tr>
            <th scope="col" className="px-4 py-2 text-left font-medium">
              {t("unitsTable.month")}
            </th>
            <th scope="col" className="px-2 py-2 text-left font-medium">
              {t("unitsTable.store")}
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              {t("unitsTable.units")}
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              {t("unitsTable.streams")}
            </th>
            <th scope="col" className="px-4 py-2 text-right font-medium">
              {t("unitsTable.part")}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((each) => (
            <tr key={each.month + each.store} className="border-t border-line/70">
              <td className="px-4 py-1.5 whitespace-nowrap">{month(`${each.month}-01`)}</td>
              <td className="px-2 py-1.5">{each.store}</td>
              <td className="num px-2 py-1.5 text-right">{each.units == null ? "–" : exact(Number(each.units))}</td>
              <td className="num px-2 py-1.5 text-right">
                {each.streams == null ? t("unitsTable.unknown") : exact(Number(each.streams))}
              </td>
              <td className="num px-4 py-1.5 text-right">
                {each.percent == null
                  ? each.streams_days
                    ? t("unitsTable.daysKnown", { count: each.streams_days })
                    : "–"
                  : percent(Number(each.percent))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.more && (
        <p className="px-4 py-2 text-xs text-muted">{t("unitsTable.latest", { count: data.items.length })}</p>
      )}
    </div>
  );
}
