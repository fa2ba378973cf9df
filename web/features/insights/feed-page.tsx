"use client";

import { CircleCheck } from "lucide-react";
import { ArtistSelect } from "@/components/artist-select";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { PlatformSelect } from "@/components/platform-select";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import { cn } from "@/lib/class-names";
import { moment } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { EmptyInbox } from "./empty-inbox";
import { InsightList } from "./insight-list";
import { InsightSheet } from "./insight-sheet";
import { t } from "./messages";
import { useInsights, type InsightFilter } from "./queries";

const SMALL = "h-8 text-sm sm:w-40";
const SHOWN = ["inbox", "unread", "assigned", "snoozed"] as const;
const SEVERITIES = ["important", "notice", "info"] as const;
const STATUSES = ["new", "acknowledged", "dismissed", "withdrawn"] as const;

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
      <PageHeader title={t("title")} lead={t("lead")}>
        <SegmentedControl
          label={t("feed.show")}
          value={show}
          onChange={(value) => set({ show: value === "inbox" ? null : value })}
          options={SHOWN.map((each) => ({ value: each, label: t(`feed.${each}`) }))}
        />
      </PageHeader>
      <Card aria-label={t("title")} old={isPlaceholderData}>
        <div className="grid grid-cols-2 gap-2 border-b border-line p-3 sm:flex">
          <ArtistSelect
            aria-label={t("feed.artist")}
            none={t("feed.allArtists")}
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
            aria-label={t("feed.severity")}
            className={SMALL}
            value={get("severity")}
            onChange={(event) => set({ severity: event.target.value })}
          >
            <option value="">{t("feed.anySeverity")}</option>
            {SEVERITIES.map((severity) => (
              <option key={severity} value={severity}>
                {t(`severities.${severity}`)}
              </option>
            ))}
          </Select>
          <Select
            aria-label={t("feed.status")}
            className={SMALL}
            value={get("status")}
            onChange={(event) => set({ status: event.target.value })}
          >
            <option value="">{t("feed.anyStatus")}</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {t(`statuses.${status}`)}
              </option>
            ))}
          </Select>
          <Select
            aria-label={t("feed.order")}
            className={cn(SMALL, "sm:ml-auto sm:w-48")}
            value={order}
            onChange={(event) => set({ order: event.target.value })}
          >
            <option value="weight">{t("feed.byWeight")}</option>
            <option value="newest">{t("feed.byDay")}</option>
          </Select>
        </div>
        {filter.found_after && filter.found_until && (
          <p className="flex flex-wrap items-center gap-x-3 border-b border-line px-4 py-2 text-sm text-muted">
            {t("feed.period", { from: moment(filter.found_after), until: moment(filter.found_until) })}
            <Button variant="link" onClick={() => set({ after: null, until: null })}>
              {t("feed.allPeriods")}
            </Button>
          </p>
        )}
        {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
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
          <EmptyState icon={CircleCheck} title={t(`empty.${show}`)}>
            {show === "unread" && t("empty.unreadHint")}
          </EmptyState>
        )}
        {items?.length === 0 && !filtered && show === "inbox" && (
          <EmptyInbox onShowSnoozed={() => set({ show: "snoozed" })} />
        )}
        <LoadMore {...paging} />
      </Card>
      {open && <InsightSheet id={open} onClose={() => set({ id: null, evidence: null })} />}
    </>
  );
}
