"use client";

import { Disc3, Star } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { OldData } from "@/components/old-data";
import { SearchField } from "@/components/search-field";
import { usePeriodShortcuts } from "@/components/shell/keyboard-shortcuts";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import type { HomeRoster, RosterColumn } from "@/lib/api/types";
import { PERIODS, usePeriod } from "@/lib/period";
import { providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { useRoster } from "./queries";
import type { Chosen } from "./roster-cells";
import { RosterList, RosterTable, type Sort } from "./roster-table";
import { TagsButton } from "./tags-button";
import { t } from "./messages";

const CompareBar = dynamic(() => import("./compare-bar").then((module) => module.CompareBar), { ssr: false });

/** After the key of an order, from the largest on. */
const DESC = "desc";
const SMALL = "h-8 text-sm sm:w-40";
const FILTERS = ["q", "group", "tag", "own"];

/** The roster: the same metrics of every artist, searched, filtered and sorted by the URL. */
export function RosterCard({ add }: { add: React.ReactNode }) {
  const { get, set } = useUrlState();
  const { can, me } = useSession();
  const { days, setDays } = usePeriod();
  usePeriodShortcuts(setDays);
  const sort: Sort = { key: get("sort") || "name", descending: get("order") === "desc" };
  const page = Math.max(Number(get("page")) || 1, 1);
  const filter = (changes: Record<string, string | null>) => set({ ...changes, page: null });
  const setSort = ({ key, descending }: Sort) =>
    filter({ sort: key === "name" ? null : key, order: descending ? "desc" : null });
  const { data, error, refetch, isPlaceholderData } = useRoster({
    q: get("q") || undefined,
    group_id: get("group") || undefined,
    tag: get("tag") || undefined,
    own: get("own") === "1" || undefined,
    days,
    sort: sort.key,
    descending: sort.descending || undefined,
    page,
  });
  // Rows stay chosen while the list is searched and sorted.
  const [ids, setIds] = useState<string[]>([]);
  const chosen: Chosen = {
    ids,
    toggle: (id) => setIds((now) => (now.includes(id) ? now.filter((each) => each !== id) : [...now, id])),
  };
  const isFiltered = FILTERS.some((name) => get(name));
  const isListed = me.active?.artist_access === "list";
  const clear = () => filter(Object.fromEntries(FILTERS.map((name) => [name, null])));

  return (
    <Card aria-labelledby="roster-title">
      <CardHeader id="roster-title" title={t("roster.title")} note={t("roster.note", { days })}>
        <SegmentedControl
          label={t("roster.period")}
          value={String(days)}
          onChange={(next) => setDays(Number(next))}
          options={PERIODS.map((each, at) => ({
            value: String(each),
            label: t("roster.days", { days: each }),
            title: t("roster.key", { number: at + 1 }),
          }))}
        />
      </CardHeader>
      <div className="grid grid-cols-2 gap-2 px-4 pb-3 sm:flex sm:flex-wrap">
        <SearchField
          label={t("roster.find")}
          value={get("q")}
          onChange={(value) => filter({ q: value })}
          className="max-sm:col-span-2"
        />
        <Button
          aria-pressed={get("own") === "1"}
          className={get("own") ? "border-accent text-accent" : ""}
          onClick={() => filter({ own: get("own") ? null : "1" })}
        >
          <Star className={get("own") ? "fill-current" : ""} aria-hidden /> {t("roster.own")}
        </Button>
        {data && data.groups.length > 0 && (
          <Select
            aria-label={t("roster.group")}
            className={SMALL}
            value={get("group")}
            onChange={(event) => filter({ group: event.target.value })}
          >
            <option value="">{t("roster.allGroups")}</option>
            {data.groups.map((group) => (
              <option key={group.id} value={group.id}>
                {group.name}
              </option>
            ))}
          </Select>
        )}
        {data && data.tags.length > 0 && (
          <span className="flex items-center gap-1">
            <Select
              aria-label={t("roster.tag")}
              className={SMALL}
              value={get("tag")}
              onChange={(event) => filter({ tag: event.target.value })}
            >
              <option value="">{t("roster.allTags")}</option>
              {data.tags.map((tag) => (
                <option key={tag}>{tag}</option>
              ))}
            </Select>
            <TagsButton />
          </span>
        )}
        <SortSelect columns={data?.columns ?? []} sort={sort} onSort={setSort} />
      </div>
      {ids.length > 0 && <CompareBar ids={ids} onClear={() => setIds([])} />}
      {error && !data && <ErrorState error={error} what={t("roster.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={8} />}
      {data && data.items.length > 0 && (
        <OldData when={isPlaceholderData} className="border-t border-line">
          <RosterTable
            roster={data}
            days={days}
            sort={sort}
            onSort={setSort}
            chosen={chosen}
            className="hidden md:block"
          />
          <RosterList roster={data} days={days} chosen={chosen} className="md:hidden" />
          <Pages roster={data} onPage={(next) => set({ page: next > 1 ? String(next) : null }, { push: true })} />
        </OldData>
      )}
      {data?.items.length === 0 && isFiltered && (
        <>
          {get("own") && !get("q") ? (
            <EmptyState
              icon={Star}
              title={t("roster.noOwn")}
              action={<Button onClick={clear}>{t("roster.clear")}</Button>}
            >
              {t("roster.noOwnHint")}
            </EmptyState>
          ) : (
            <NoResults query={get("q")} onClear={clear} />
          )}
        </>
      )}
      {data?.items.length === 0 && !isFiltered && (
        <EmptyState icon={Disc3} title={isListed ? t("empty.listTitle") : t("empty.title")} action={add}>
          {isListed ? t("empty.list") : can("roster:write") ? t("empty.canAdd") : t("empty.reader")}
        </EmptyState>
      )}
    </Card>
  );
}

function SortSelect(props: { columns: RosterColumn[]; sort: Sort; onSort: (sort: Sort) => void }) {
  const { columns, sort, onSort } = props;
  const options = [
    ["name", t("sort.name")],
    [`insights ${DESC}`, t("sort.insights")],
    [`updated ${DESC}`, t("sort.updated")],
    ...columns.flatMap(({ provider, name }) => [
      [`${provider} desc`, t("sort.value", { platform: providerName(provider), metric: name.toLowerCase() })],
      [`${provider}:change`, t("sort.falls", { platform: providerName(provider) })],
      [`${provider}:change desc`, t("sort.rises", { platform: providerName(provider) })],
    ]),
  ] as [string, string][];
  const value = `${sort.key}${sort.descending ? " desc" : ""}`;
  return (
    <Select
      aria-label={t("sort.label")}
      className={`${SMALL} sm:ml-auto sm:w-52`}
      value={value}
      onChange={(event) => {
        const [key, order] = event.target.value.split(" ");
        onSort({ key: key!, descending: order === "desc" });
      }}
    >
      {!options.some(([option]) => option === value) && <option value={value}>{t("sort.label")}</option>}
      {options.map(([option, label]) => (
        <option key={option} value={option}>
          {label}
        </option>
      ))}
    </Select>
  );
}

function Pages({ roster, onPage }: { roster: HomeRoster; onPage: (page: number) => void }) {
  const { page, page_size, total, items } = roster;
  if (total <= page_size) return null;
  const first = (page - 1) * page_size + 1;
  return (
    <nav aria-label={t("roster.title")} className="flex items-center gap-2 border-t border-line px-4 py-2.5 text-sm">
      <span className="num mr-auto text-muted">
        {t("pages.shown", { from: first, to: first + items.length - 1, count: total })}
      </span>
      <Button disabled={page <= 1} onClick={() => onPage(page - 1)}>
        {t("pages.previous")}
      </Button>
      <Button disabled={page * page_size >= total} onClick={() => onPage(page + 1)}>
        {t("pages.next")}
      </Button>
    </nav>
  );
}
