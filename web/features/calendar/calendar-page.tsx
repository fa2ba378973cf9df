"use client";

import { CalendarDays, ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { useState } from "react";
import { ArtistSelect } from "@/components/artist-select";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { CalendarItem } from "@/lib/api/types";
import { now } from "@/lib/clock";
import { month } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { CalendarRow } from "./calendar-row";
import { EntryDialog } from "./entry-dialog";
import { KINDS } from "./kinds";
import { t } from "./messages";
import { useCalendar } from "./queries";

const MONTHS = 6;

/** The first day of the month that is `by` months from `first`, "2026-03-01". */
function addMonths(first: string, by: number): string {
  const at = new Date(`${first}T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + by);
  return at.toISOString().slice(0, 10);
}

function lastDay(first: string): string {
  const at = new Date(`${addMonths(first, MONTHS)}T00:00:00Z`);
  at.setUTCDate(0);
  return at.toISOString().slice(0, 10);
}

function byMonth(items: CalendarItem[], from: string): [string, CalendarItem[]][] {
  const groups = new Map<string, CalendarItem[]>();
  for (const item of items) {
    const day = item.starts_on < from ? from : item.starts_on;
    const key = `${day.slice(0, 7)}-01`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups];
}

/** Releases, campaigns, posts, shows and pitches, by month. */
export function CalendarPage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const today = new Date(now()).toISOString().slice(0, 10);
  const from = get("from") || addMonths(`${today.slice(0, 7)}-01`, -1);
  const kind = get("kind") as CalendarItem["kind"] | "";
  const { items, error, refetch, ...paging } = useCalendar({
    from,
    to: lastDay(from),
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
        <CardHeader id="calendar-title" title={`${month(from)} – ${month(lastDay(from))}`} note={t("daysInUtc")}>
          <Button aria-label={t("earlier")} onClick={() => set({ from: addMonths(from, -MONTHS) })}>
            <ChevronLeft aria-hidden />
          </Button>
          <Button onClick={() => set({ from: null })}>{t("today")}</Button>
          <Button aria-label={t("later")} onClick={() => set({ from: addMonths(from, MONTHS) })}>
            <ChevronRight aria-hidden />
          </Button>
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
        {items?.length === 0 && (
          <EmptyState icon={CalendarDays} title={t("empty.title")} action={add}>
            {t("empty.hint")}
          </EmptyState>
        )}
        {items &&
          byMonth(items, from).map(([first, rows]) => (
            <section key={first} aria-label={month(first)} className="border-t border-line">
              <h3 className="px-4 pt-3 pb-1 text-xs font-semibold text-muted uppercase">{month(first)}</h3>
              <ul className="divide-y divide-line">
                {rows.map((item) => (
                  <CalendarRow key={item.source + item.id} item={item} today={today} />
                ))}
              </ul>
            </section>
          ))}
        <LoadMore {...paging} />
      </Card>
      {adding && <EntryDialog day={today} artistId={get("artist")} onClose={() => setAdding(false)} />}
    </>
  );
}
