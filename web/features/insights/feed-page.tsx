"use client";

import { CircleCheck, Sparkles } from "lucide-react";
import { Link } from "@/components/link";
import { ArtistSelect } from "@/components/artist-select";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { PlatformSelect } from "@/components/platform-select";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import { cn } from "@/lib/class-names";
import { moment } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { InsightList } from "./insight-list";
import { InsightSheet } from "./insight-sheet";
import { useInsights, type InsightFilter } from "./queries";
import { WORDS } from "./words";

const SMALL = "h-8 text-sm sm:w-40";
const SHOWN = ["inbox", "unread", "assigned", "snoozed"] as const;
const NOTHING = {
  unread: { title: WORDS.nothingUnread, hint: WORDS.nothingUnreadHint },
  assigned: { title: WORDS.nothingAssigned, hint: null },
  snoozed: { title: WORDS.nothingSnoozed, hint: null },
};

export function FeedPage() {
  const { get, set } = useUrlState();
  const { me } = useSession();
  const open = get("id");
  const filter = {
    severity: (get("severity") as InsightFilter["severity"]) || undefined,
    status: (get("status") as InsightFilter["status"]) || undefined,
    provider: (get("provider") as InsightFilter["provider"]) || undefined,
    artist_id: get("artist") || undefined,
    found_after: get("after") || undefined,
    found_until: get("until") || undefined,
  } satisfies Omit<InsightFilter, "order">;
  const order = get("order") === "newest" ? "newest" : "weight";
  const filtered = Object.values(filter).some(Boolean);
  const show = SHOWN.find((each) => each === get("show")) ?? "inbox";
  const { items, error, refetch, isPlaceholderData, ...paging } = useInsights({
    ...filter,
    order,
    unread: show === "unread" || undefined,
    snoozed: show === "snoozed" || undefined,
    assigned_to: show === "assigned" ? me.user.id : undefined,
  });

  return (
    <>
      <PageHeader title="Insights" lead="What changed, compared with what. Every number opens the rows behind it.">
        <SegmentedControl
          label={WORDS.show}
          value={show}
          onChange={(value) => set({ show: value === "inbox" ? null : value })}
          options={[
            { value: "inbox", label: WORDS.inbox },
            { value: "unread", label: WORDS.unread },
            { value: "assigned", label: WORDS.assigned },
            { value: "snoozed", label: WORDS.snoozed },
          ]}
        />
      </PageHeader>
      <Card aria-label="Insights" old={isPlaceholderData}>
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
            aria-label="Severity"
            className={SMALL}
            value={get("severity")}
            onChange={(event) => set({ severity: event.target.value })}
          >
            <option value="">Any severity</option>
            <option value="important">Important</option>
            <option value="notice">Notice</option>
            <option value="info">Info</option>
          </Select>
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
            className={cn(SMALL, "sm:ml-auto sm:w-48")}
            value={order}
            onChange={(event) => set({ order: event.target.value })}
          >
            <option value="weight">Most important first</option>
            <option value="newest">Newest first</option>
          </Select>
        </div>
        {filter.found_after && filter.found_until && (
          <p className="flex flex-wrap items-center gap-x-3 border-b border-line px-4 py-2 text-sm text-muted">
            {WORDS.period(moment(filter.found_after), moment(filter.found_until))}
            <Button variant="link" onClick={() => set({ after: null, until: null })}>
              {WORDS.allPeriods}
            </Button>
          </p>
        )}
        {error && !items && <ErrorState error={error} what="The insights" retry={() => void refetch()} />}
        {!items && !error && <SkeletonRows rows={7} />}
        {items && items.length > 0 && <InsightList insights={items} onOpen={(id) => set({ id }, { push: true })} />}
        {items?.length === 0 && filtered && (
          <NoResults
            query=""
            onClear={() =>
              set({ severity: null, status: null, provider: null, artist: null, after: null, until: null })
            }
          />
        )}
        {items?.length === 0 && !filtered && show !== "inbox" && (
          <EmptyState icon={CircleCheck} title={NOTHING[show].title}>
            {NOTHING[show].hint}
          </EmptyState>
        )}
        {items?.length === 0 && !filtered && show === "inbox" && (
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
      {open && <InsightSheet id={open} onClose={() => set({ id: null, evidence: null })} />}
    </>
  );
}
