"use client";

import { Sparkles } from "lucide-react";
import Link from "next/link";
import { ArtistSelect } from "@/components/artist-select";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { PlatformSelect } from "@/components/platform-select";
import { buttonStyle } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import { cn } from "@/lib/class-names";
import { useUrlState } from "@/lib/url-state";
import { InsightRow } from "./insight-row";
import { InsightSheet } from "./insight-sheet";
import { useInsights, type InsightFilter } from "./queries";

const SMALL = "h-8 text-sm sm:w-46";

export function FeedPage() {
  const { get, set } = useUrlState();
  const open = get("id");
  const filter = {
    severity: (get("severity") as InsightFilter["severity"]) || undefined,
    status: (get("status") as InsightFilter["status"]) || undefined,
    provider: (get("provider") as InsightFilter["provider"]) || undefined,
    artist_id: get("artist") || undefined,
  } satisfies Omit<InsightFilter, "order">;
  const order = get("order") === "newest" ? "newest" : "weight";
  const filtered = Object.values(filter).some(Boolean);
  const { items, error, refetch, isPlaceholderData, ...paging } = useInsights({ ...filter, order });

  return (
    <>
      <PageHeader title="Insights" lead="What changed, compared with what. Every number opens the rows behind it.">
        <SegmentedControl
          label="Severity"
          value={get("severity") || "all"}
          onChange={(value) => set({ severity: value === "all" ? null : value })}
          options={[
            { value: "all", label: "All" },
            { value: "important", label: "Important" },
            { value: "notice", label: "Notice" },
            { value: "info", label: "Info" },
          ]}
        />
      </PageHeader>
      <Card aria-label="Insights" className={isPlaceholderData ? "opacity-60" : ""}>
        <div className="grid grid-cols-2 gap-2 border-b border-line p-3 sm:flex">
          <ArtistSelect
            aria-label="Artist"
            none="All artists"
            className={SMALL}
            value={get("artist")}
            onChange={(event) => set({ artist: event.target.value })}
          />
          <PlatformSelect
            className={SMALL}
            value={get("provider")}
            onChange={(event) => set({ provider: event.target.value })}
          />
          <Select
            aria-label="Status"
            className={SMALL}
            value={get("status")}
            onChange={(event) => set({ status: event.target.value })}
          >
            <option value="">Any status</option>
            <option value="new">New</option>
            <option value="acknowledged">Acknowledged</option>
            <option value="dismissed">Dismissed</option>
            <option value="withdrawn">Withdrawn</option>
          </Select>
          <Select
            aria-label="Order"
            className={cn(SMALL, "sm:ml-auto")}
            value={order}
            onChange={(event) => set({ order: event.target.value })}
          >
            <option value="weight">Most important first</option>
            <option value="newest">Newest first</option>
          </Select>
        </div>
        {error && !items && <ErrorState error={error} what="The insights" retry={() => void refetch()} />}
        {!items && !error && <SkeletonRows rows={7} />}
        {items && items.length > 0 && (
          <ul className="divide-y divide-line">
            {items.map((insight) => (
              <InsightRow key={insight.id} insight={insight} onOpen={() => set({ id: insight.id }, { push: true })} />
            ))}
          </ul>
        )}
        {items?.length === 0 && filtered && (
          <NoResults query="" onClear={() => set({ severity: null, status: null, provider: null, artist: null })} />
        )}
        {items?.length === 0 && !filtered && (
          <EmptyState
            icon={Sparkles}
            title="No insights yet"
            action={
              <>
                <Link href="/accounts/" className={buttonStyle({ variant: "primary" })}>
                  Connect an account
                </Link>
                <Link href="/imports/" className={buttonStyle()}>
                  Import a file
                </Link>
              </>
            }
          >
            They appear here when an account is synced or a file is imported and something stands out.
          </EmptyState>
        )}
        <LoadMore {...paging} />
      </Card>
      {open && <InsightSheet id={open} onClose={() => set({ id: null })} />}
    </>
  );
}
