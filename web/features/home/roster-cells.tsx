"use client";

import { Square, SquareCheck, Star } from "lucide-react";
import { Avatar } from "@/components/avatar";
import { Sparkline } from "@/components/charts/sparkline";
import { Delta } from "@/components/delta";
import { Link } from "@/components/link";
import { Badge } from "@/components/ui/badge";
import type { RosterColumn, RosterFigure, RosterRow } from "@/lib/api/types";
import { NO_CHANGE_REASONS, percentChange } from "@/lib/change";
import { cn } from "@/lib/class-names";
import { compact, day, exact, NONE, shortDay, unitLabel } from "@/lib/format";
import { providerLook } from "@/lib/providers";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { useStar } from "./queries";
import { MAX_COMPARED } from "./words";
import { t } from "./messages";

/** The rows that were chosen to be compared. */
export type Chosen = { ids: string[]; toggle: (id: string) => void };

/** The box by which a row is chosen. */
export function ChooseArtist({ artist, chosen }: { artist: { id: string; name: string }; chosen: Chosen }) {
  const isChosen = chosen.ids.includes(artist.id);
  const Icon = isChosen ? SquareCheck : Square;
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={isChosen}
      aria-label={t("compare.artist", { name: artist.name })}
      title={t("compare.artist", { name: artist.name })}
      className="grid size-6 shrink-0 place-items-center rounded text-muted hover:text-accent aria-checked:text-accent disabled:opacity-50"
      disabled={!isChosen && chosen.ids.length >= MAX_COMPARED}
      onClick={(event) => {
        event.stopPropagation();
        chosen.toggle(artist.id);
      }}
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}

export function ArtistName({ artist, href }: { artist: RosterRow; href: string }) {
  const star = useStar();
  const isBroken = artist.accounts.some((account) => account.status === "needs_reauth");
  const details = [...artist.genres.slice(0, 2), artist.country, ...artist.tags].filter(Boolean).join(" · ");
  return (
    <span className="flex items-center gap-2.5">
      <button
        type="button"
        aria-pressed={artist.is_starred}
        aria-label={t(artist.is_starred ? "row.unstar" : "row.star", { name: artist.name })}
        onClick={(event) => {
          event.stopPropagation();
          star.mutate({ id: artist.id, starred: !artist.is_starred });
        }}
        className="-ml-1 grid size-6 shrink-0 place-items-center rounded text-muted hover:text-accent"
      >
        <Star className={cn("size-4", artist.is_starred && "fill-current text-accent")} aria-hidden />
      </button>
      <Avatar name={artist.name} url={artist.image_url} />
      <span className="min-w-0">
        <Link
          href={href}
          title={artist.name}
          className="block truncate font-semibold hover:text-accent max-md:py-0.5"
          onClick={(event) => event.stopPropagation()}
        >
          {artist.name}
        </Link>
        <span className="flex items-center gap-2 text-xs text-muted">
          <span className="truncate">{details || t("row.noDetails")}</span>
          {isBroken && <Badge tone="warn">{t("row.reconnect")}</Badge>}
        </span>
      </span>
    </span>
  );
}

/** How many stories about an artist are unread, as a link to them. */
export function NewStories({ artist }: { artist: RosterRow }) {
  if (artist.unread_insights === 0) return null;
  return (
    <Link
      href={`/insights/?artist=${artist.id}&show=unread`}
      aria-label={t("row.stories", { count: artist.unread_insights, name: artist.name })}
      onClick={(event) => event.stopPropagation()}
      className="inline-flex rounded-full hover:opacity-80"
    >
      <Badge tone="accent">{artist.unread_insights}</Badge>
    </Link>
  );
}

export function Updated({ artist }: { artist: RosterRow }) {
  const isStale = artist.figures.some((figure) => figure.stale);
  return (
    <span className={cn("text-xs", isStale ? "text-warn" : "text-muted")} title={day(artist.updated_on)}>
      {artist.updated_on ? shortDay(artist.updated_on) : NONE}
    </span>
  );
}

type FigureProps = { figure: RosterFigure | undefined; column: RosterColumn; days: number; className?: string };

/** An artist's number of a column: its line, value, and change, or why there is none. */
export function Figure({ figure, column, days, className }: FigureProps) {
  if (!figure)
    return (
      <span
        className={cn("flex justify-end text-muted", className)}
        title={t("row.noNumber", { metric: metricInSentence(column.metric, column.name) })}
      >
        {NONE}
      </span>
    );
  const note = figure.change_note;
  const change =
    figure.change_percent == null ? null : percentChange(figure.change_percent, t("row.against", { days }));
  const reason = NO_CHANGE_REASONS[note ?? "no_previous"];
  const title = t("row.figure", {
    value: exact(figure.value),
    unit: unitLabel(figure.value, column.unit),
    day: day(figure.as_of),
    change: change?.note ?? reason,
  });
  return (
    <span className={cn("flex items-center justify-end gap-2.5", className)} title={title}>
      <Sparkline
        values={figure.spark}
        color={providerLook(figure.provider).color}
        className="h-6 w-16 shrink-0 max-xl:md:hidden"
      />
      <span className="grid min-w-18 justify-items-end">
        <span className="num font-medium">{compact(figure.value)}</span>
        {change ? (
          <Delta change={change} className="text-xs whitespace-nowrap" />
        ) : (
          <span className="text-xs whitespace-nowrap text-muted">{t(`reasons.${note ?? "no_previous"}`)}</span>
        )}
      </span>
    </span>
  );
}
