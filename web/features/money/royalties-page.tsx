"use client";

import { Coins } from "lucide-react";
import { ArtistSelect } from "@/components/artist-select";
import { PageHeader } from "@/components/page-header";
import { Card, CardHeader } from "@/components/ui/card";
import { Input, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { useRoyaltyTotals, type Grouping } from "./queries";
import { RatesCard } from "./rates-card";
import { ReconciliationCard } from "./reconciliation-card";
import { StatementsCard } from "./statements/statements-card";
import { amount, period, TotalsTable } from "./totals-table";

const GROUPINGS: Grouping[] = ["month", "store", "country", "recording", "release", "artist"];

/** What stores paid, for those who may see money. */
export function RoyaltiesPage() {
  const { can } = useSession();
  return (
    <>
      <PageHeader title="Royalties" lead="What stores paid, as distributors report it. Currencies are never mixed." />
      {can("money:read") ? (
        <div className="grid grid-cols-1 gap-4">
          <TotalsCard />
          <ReconciliationCard />
          <StatementsCard />
          <RatesCard />
        </div>
      ) : (
        <Card>
          <EmptyState icon={Coins} title="Money is not open to you">
            An admin of the organisation can give you access to royalties, budgets and costs.
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
  const sums = data?.overall.map((total) => `${amount(total)} (${period(total)})`).join(" and ");
  return (
    <Card aria-labelledby="royalties-title">
      <CardHeader
        id="royalties-title"
        title={sums || "Royalties"}
        note={data?.sources.length ? `Source: ${data.sources.join(", ")}` : undefined}
      >
        <ArtistSelect
          aria-label="Artist"
          none="All artists"
          className="h-8 w-40 text-sm"
          value={get("artist")}
          onChange={(event) => set({ artist: event.target.value })}
        />
        <Select
          aria-label="Group by"
          className="h-8 w-32 text-sm capitalize"
          value={by}
          onChange={(event) => set({ by: event.target.value })}
        >
          {GROUPINGS.map((grouping) => (
            <option key={grouping} value={grouping}>
              {grouping === "recording" ? "song" : grouping}
            </option>
          ))}
        </Select>
        <Input
          aria-label="Convert into"
          placeholder="in, e.g. EUR"
          className="h-8 w-28 text-sm"
          maxLength={3}
          defaultValue={get("in")}
          onChange={(event) => {
            const code = event.target.value.toUpperCase();
            if (/^([A-Z]{3})?$/.test(code)) set({ in: code });
          }}
        />
      </CardHeader>
      {error && <ErrorState error={error} what="The royalties" retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows />}
      {data && !error && data.items.length > 0 && <TotalsTable totals={data} />}
      {data && !error && data.items.length === 0 && (
        <EmptyState icon={Coins} title="No royalties yet">
          Push the lines of a distributor’s statement with POST /api/royalties.
        </EmptyState>
      )}
      {data && data.rates.length > 0 && !error && (
        <p className="px-4 py-2 text-xs text-muted">
          Converted by stated rates:{" "}
          {data.rates
            .map((rate) => `1 ${rate.from_currency} = ${rate.rate} ${rate.to_currency} from ${rate.valid_from}`)
            .join(", ")}
        </p>
      )}
    </Card>
  );
}
