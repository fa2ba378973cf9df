"use client";

import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { useRouter } from "next/navigation";
import { ProviderName } from "@/components/provider-icon";
import type { HomeRoster, RosterColumn, RosterRow } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { providerName } from "@/lib/providers";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { ArtistName, ChooseArtist, type Chosen, Figure, NewStories, Updated } from "./roster-cells";
import { t } from "./messages";

export type Sort = { key: string; descending: boolean };

type Props = { roster: HomeRoster; days: number; chosen: Chosen; className?: string };

const href = (artist: RosterRow) => `/artist/?id=${artist.id}`;
const figureOf = (artist: RosterRow, column: RosterColumn) =>
  artist.figures.find((figure) => figure.provider === column.provider);

export function RosterTable({
  roster,
  days,
  sort,
  onSort,
  chosen,
  className,
}: Props & { sort: Sort; onSort: (sort: Sort) => void }) {
  const router = useRouter();
  const header = { sort, onSort };
  return (
    <div
      className={cn("relative overflow-x-auto", className)}
      tabIndex={0}
      role="region"
      aria-label={t("roster.asTable")}
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{t("roster.title")}</caption>
        <thead>
          <tr className="border-b border-line align-bottom">
            <Header {...header} sortKey="name" first="ascending" className="pl-4">
              {t("columns.artist")}
            </Header>
            <Header {...header} sortKey="insights">
              {t("columns.stories")}
            </Header>
            {roster.columns.map((column) => (
              <Header {...header} key={column.provider} sortKey={column.provider} right>
                <span className="grid justify-items-end">
                  <ProviderName provider={column.provider} />
                  <span className="max-w-36 font-normal text-balance whitespace-normal">
                    {t("columns.metric", {
                      metric: metricInSentence(column.metric, column.name),
                      basis: t(`basis.${column.basis}`, { days }),
                    })}
                  </span>
                </span>
              </Header>
            ))}
            <Header {...header} sortKey="updated" right className="pr-4">
              {t("columns.updated")}
            </Header>
          </tr>
        </thead>
        <tbody>
          {roster.items.map((artist) => (
            <tr
              key={artist.id}
              data-row
              tabIndex={0}
              onClick={() => router.push(href(artist))}
              onKeyDown={(event) => {
                if (event.target === event.currentTarget && event.key === "Enter") router.push(href(artist));
              }}
              className="cursor-pointer border-b border-line/70 last:border-0 hover:bg-hover focus-visible:-outline-offset-2"
            >
              <td className="max-w-72 py-1.5 pr-3 pl-4">
                <span className="flex items-center gap-2.5">
                  <ChooseArtist artist={artist} chosen={chosen} />
                  <ArtistName artist={artist} href={href(artist)} />
                </span>
              </td>
              <td className="px-3">
                <NewStories artist={artist} />
              </td>
              {roster.columns.map((column) => (
                <td key={column.provider} className="px-3">
                  <Figure figure={figureOf(artist, column)} column={column} days={days} />
                </td>
              ))}
              <td className="py-1.5 pr-4 pl-3 text-right whitespace-nowrap">
                <Updated artist={artist} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type HeaderProps = {
  sortKey: string;
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** The direction of the first click. */
  first?: "ascending";
  right?: boolean;
  className?: string;
  children: React.ReactNode;
};

function Header({ sortKey, sort, onSort, first, right, className, children }: HeaderProps) {
  const isSorted = sort.key === sortKey;
  const Mark = !isSorted ? ChevronsUpDown : sort.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={!isSorted ? undefined : sort.descending ? "descending" : "ascending"}
      className={cn(
        "px-3 py-2 text-left text-xs font-medium whitespace-nowrap text-muted",
        right && "text-right",
        className,
      )}
    >
      <button
        type="button"
        onClick={() => onSort({ key: sortKey, descending: isSorted ? !sort.descending : first !== "ascending" })}
        className={cn(
          "-mx-1 inline-flex items-end gap-1 rounded px-1 text-left hover:text-fg",
          right && "flex-row-reverse text-right",
        )}
      >
        {children}
        <Mark className={cn("mb-0.5 size-3 shrink-0", !isSorted && "opacity-60")} aria-hidden />
      </button>
    </th>
  );
}

/** The list on a phone. */
export function RosterList({ roster, days, chosen, className }: Props) {
  return (
    <ul className={cn("divide-y divide-line", className)}>
      {roster.items.map((artist) => (
        <li key={artist.id} className="px-4 py-3">
          <div className="flex items-start gap-2">
            <span className="pt-1">
              <ChooseArtist artist={artist} chosen={chosen} />
            </span>
            <div className="min-w-0 flex-1">
              <ArtistName artist={artist} href={href(artist)} />
            </div>
            <NewStories artist={artist} />
          </div>
          <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-2">
            {roster.columns.map((column) => {
              const figure = figureOf(artist, column);
              if (!figure) return null;
              return (
                <div key={column.provider} className="min-w-0">
                  <dt className="text-xs text-muted" title={providerName(column.provider)}>
                    <ProviderName provider={column.provider} />
                    <span className="block truncate">
                      {t("columns.metric", {
                        metric: metricInSentence(column.metric, column.name),
                        basis: t(`basis.${column.basis}`, { days }),
                      })}
                    </span>
                  </dt>
                  <dd>
                    <Figure figure={figure} column={column} days={days} className="justify-start" />
                  </dd>
                </div>
              );
            })}
          </dl>
        </li>
      ))}
    </ul>
  );
}
