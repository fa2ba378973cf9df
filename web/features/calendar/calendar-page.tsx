"use client";

import { CalendarDays, ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { useState } from "react";
import { ArtistSelect } from "@/components/artist-select";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { CalendarItem } from "@/lib/api/types";
import { now } from "@/lib/clock";
import { month } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { addDays, addMonths, weeksOfMonth } from "@/lib/weeks";
import { CalendarGrid } from "./calendar-grid";
import { CalendarRow } from "./calendar-row";
import { EntryDialog } from "./entry-dialog";
import { KINDS } from "./kinds";
import { t } from "./messages";
import { useCalendar } from "./queries";

const MONTHS = 6;

function byMonth(items: CalendarItem[], from: string): [string, CalendarItem[]][] {
  const groups = new Map<string, CalendarItem[]>();
  for (const item of items) {
    const day = item.starts_on < from ? from : item.starts_on;
    const key = `${day.slice(0, 7)}-01`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups];
}

/** Releases, campaigns, posts, shows and pitches: six months as a list, or one as a grid of weeks. */
export function CalendarPage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const today = new Date(now()).toISOString().slice(0, 10);
  const isGrid = get("view") === "month";
  const months = isGrid ? 1 : MONTHS;
  const from = get("from") || addMonths(today, isGrid ? 0 : -1);
  const last = addDays(addMonths(from, months), -1);
  const days = isGrid ? weeksOfMonth(from).flat() : [from, last];
  const kind = get("kind") as CalendarItem["kind"] | "";
  const { items, error, refetch, ...paging } = useCalendar({
    from: days[0]!,
    to: days.at(-1)!,
    artist_id: get("artist") || undefined,
    kind: kind ? [kind] : undefined,
  });
  const add = can("roster:write") && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> {t("add")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        {add}
      </PageHeader>
      <Card aria-labelledby="calendar-title">
        <CardHeader
          id="calendar-title"
          title={isGrid ? month(from) : `${month(from)} – ${month(last)}`}
          note={t("daysInUtc")}
        >
          <Button aria-label={t("earlier")} onClick={() => set({ from: addMonths(from, -months) })}>
            <ChevronLeft aria-hidden />
          </Button>
          <Button onClick={() => set({ from: null })}>{t("today")}</Button>
          <Button aria-label={t("later")} onClick={() => set({ from: addMonths(from, months) })}>
            <ChevronRight aria-hidden />
          </Button>
          <SegmentedControl
            label={t("view.label")}
            className="max-sm:hidden"
            value={isGrid ? "month" : "list"}
            onChange={(value) => set({ view: value === "month" ? value : null, from: null })}
            options={[
              { value: "list", label: t("view.list") },
              { value: "month", label: t("view.month") },
            ]}
          />
          <ArtistSelect
            aria-label={t("filter.artist")}
            none={t("filter.allArtists")}
            className="h-8 w-40 text-sm"
            value={get("artist")}
            onChange={(event) => set({ artist: event.target.value })}
          />
          <Select
            aria-label={t("filter.kind")}
            className="h-8 w-32 text-sm"
            value={kind}
            onChange={(event) => set({ kind: event.target.value })}
          >
            <option value="">{t("filter.allKinds")}</option>
            {KINDS.map((each) => (
              <option key={each} value={each}>
                {t(`kinds.${each}`)}
              </option>
            ))}
          </Select>
        </CardHeader>
        {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
        {!items && !error && <SkeletonRows rows={6} />}
        {items?.length === 0 && !isGrid && (
          <EmptyState icon={CalendarDays} title={t("empty.title")} action={add}>
            {t("empty.hint")}
          </EmptyState>
        )}
        {items && isGrid && (
          <div className="max-sm:hidden">
            <CalendarGrid month={from} today={today} items={items} />
          </div>
        )}
        {items && (
          <div className={isGrid ? "sm:hidden" : undefined}>
            {byMonth(items, days[0]!).map(([first, rows]) => (
              <section key={first} aria-label={month(first)} className="border-t border-line">
                <h3 className="px-4 pt-3 pb-1 text-xs font-semibold text-muted uppercase">{month(first)}</h3>
                <ul className="divide-y divide-line">
                  {rows.map((item) => (
                    <CalendarRow key={item.source + item.id} item={item} today={today} />
                  ))}
                </ul>
              </section>
            ))}
          </div>
        )}
        <LoadMore {...paging} />
      </Card>
      {adding && <EntryDialog day={today} artistId={get("artist")} onClose={() => setAdding(false)} />}
    </>
  );
}
