"use client";

import { Coins } from "lucide-react";
import { ArtistSelect } from "@/components/artist-select";
import { PageHeader } from "@/components/page-header";
import { Card, CardHeader } from "@/components/ui/card";
import { Input, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { RoyaltyTotals } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { t } from "./messages";
import { useRoyaltyTotals, type Grouping } from "./queries";
import { RatesCard } from "./rates-card";
import { ReconciliationCard } from "./reconciliation-card";
import { StatementsCard } from "./statements/statements-card";
import { amount, joined, period, TotalsTable } from "./totals-table";

const GROUPINGS: Grouping[] = ["month", "store", "country", "recording", "release", "artist"];

/** What stores paid, for those who may see money. */
export function RoyaltiesPage() {
  const { can } = useSession();
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")} />
      {can("money:read") ? (
        <div className="grid grid-cols-1 gap-4">
          <TotalsCard />
          <ReconciliationCard />
          <StatementsCard />
          <RatesCard />
        </div>
      ) : (
        <Card>
          <EmptyState icon={Coins} title={t("closed.title")}>
            {t("closed.hint")}
          </EmptyState>
        </Card>
      )}
    </>
  );
}

function TotalsCard() {
  const { get, set } = useUrlState();
  const by = (get("by") as Grouping) || "month";
  const { data, error, refetch } = useRoyaltyTotals({
    group_by: by,
    artist_id: get("artist") || undefined,
    in: get("in") || undefined,
  });
  const sums =
    data && joined(data.overall.map((total) => t("totals.sum", { amount: amount(total), period: period(total) })));
  return (
    <Card aria-labelledby="royalties-title">
      <CardHeader
        id="royalties-title"
        title={sums || t("title")}
        note={data?.sources.length ? t("totals.source", { sources: data.sources.join(", ") }) : undefined}
      >
        <ArtistSelect
          aria-label={t("filter.artist")}
          none={t("filter.allArtists")}
          className="h-8 w-40 text-sm"
          value={get("artist")}
          onChange={(event) => set({ artist: event.target.value })}
        />
        <Select
          aria-label={t("filter.groupBy")}
          className="h-8 w-32 text-sm capitalize"
          value={by}
          onChange={(event) => set({ by: event.target.value })}
        >
          {GROUPINGS.map((grouping) => (
            <option key={grouping} value={grouping}>
              {t(`groupings.${grouping}`)}
            </option>
          ))}
        </Select>
        <Input
          aria-label={t("filter.convertInto")}
          placeholder={t("filter.convertExample")}
          className="h-8 w-28 text-sm"
          maxLength={3}
          defaultValue={get("in")}
          onChange={(event) => {
            const code = event.target.value.toUpperCase();
            if (/^([A-Z]{3})?$/.test(code)) set({ in: code });
          }}
        />
      </CardHeader>
      {error && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows />}
      {data && !error && data.items.length > 0 && <TotalsTable totals={data} />}
      {data && !error && data.items.length === 0 && (
        <EmptyState icon={Coins} title={t("empty.title")}>
          {t("empty.hint")}
        </EmptyState>
      )}
      {data && data.rates.length > 0 && !error && (
        <p className="px-4 py-2 text-xs text-muted">
          {t("totals.converted", { rates: data.rates.map(rateLabel).join(", ") })}
        </p>
      )}
    </Card>
  );
}

const rateLabel = (rate: RoyaltyTotals["rates"][number]) =>
  t("totals.rate", { from: rate.from_currency, rate: rate.rate, to: rate.to_currency, day: rate.valid_from });
