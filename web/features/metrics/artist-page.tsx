"use client";

import { ChevronLeft, Disc3, MoreHorizontal, Trash2 } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { Avatar } from "@/components/avatar";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { usePeriodShortcuts } from "@/components/shell/keyboard-shortcuts";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Tile } from "@/lib/api/types";
import { ago, dayRange, moment } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { AssetsCard } from "./assets-card";
import { ChartCard } from "./chart-card";
import { useArtist, useRemoveArtist, useSummary } from "./queries";
import { Tiles, TilesSkeleton } from "./tiles";
import { useChartView } from "./use-chart-view";

const PERIODS = [7, 28, 90, 365];

type Props = {
  /** What changed: the latest insights about this artist. */
  changes: React.ReactNode;
  /** Where the numbers come from: accounts, and a place to drop files. */
  sources: React.ReactNode;
};

export function ArtistPage(props: Props) {
  const id = useUrlState().get("id");
  if (!id) {
    return (
      <Card>
        <h1 className="sr-only">Artist</h1>
        <EmptyState
          icon={Disc3}
          title="No artist chosen"
          action={
            <Link href="/" className={buttonStyle({ variant: "primary" })}>
              Go to the roster
            </Link>
          }
        >
          This address names no artist. Choose one on the roster.
        </EmptyState>
      </Card>
    );
  }
  return <ArtistDetails key={id} id={id} {...props} />;
}

function ArtistDetails({ id, changes, sources }: Props & { id: string }) {
  const { get, set } = useUrlState();
  const days = PERIODS.find((each) => String(each) === get("days")) ?? 28;
  const artist = useArtist(id);
  const summary = useSummary(id, days);
  const view = useChartView(summary.data);
  usePeriodShortcuts(useCallback((next: number) => set({ days: String(next) }), [set]));
  const name = artist.data?.name;
  useEffect(() => {
    if (name) document.title = `${name} · ARTi`;
  }, [name]);

  const pick = (tile: Tile) => {
    set({ metric: [tile.metric], provider: null });
    document.getElementById("chart-title")?.scrollIntoView({ block: "center", behavior: "smooth" });
  };

  if (artist.error) {
    return (
      <Card>
        <h1 className="sr-only">Artist</h1>
        <ErrorState error={artist.error} what="This artist" retry={() => void artist.refetch()} />
      </Card>
    );
  }
  const empty = summary.data?.tiles.length === 0;
  return (
    <div className="grid grid-cols-1 gap-4">
      <Head id={id} artist={artist.data} days={days} onDays={(next) => set({ days: next })} />
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        {changes}
        {sources}
      </div>
      {summary.error && !summary.data && (
        <Card>
          <ErrorState error={summary.error} what="The key numbers" retry={() => void summary.refetch()} />
        </Card>
      )}
      {!summary.data && !summary.error && <TilesSkeleton />}
      {summary.data && !empty && (
        <>
          <p className="-mb-2 text-xs text-muted">
            {dayRange(summary.data.period.from, summary.data.period.to)}, against{" "}
            {dayRange(summary.data.previous.from, summary.data.previous.to)}
            {summary.data.updated_at && (
              <>
                {" "}
                · updated <time title={moment(summary.data.updated_at)}>{ago(summary.data.updated_at)}</time>
              </>
            )}
          </p>
          <Tiles
            summary={summary.data}
            active={(tile) => view.metrics.includes(tile.metric) && view.providers.includes(tile.provider)}
            onPick={pick}
          />
          <ChartCard artistId={id} summary={summary.data} view={view} />
          <AssetsCard artistId={id} />
        </>
      )}
    </div>
  );
}

type HeadProps = {
  id: string;
  artist: { name: string; genres: string[]; country: string | null; image_url: string | null } | undefined;
  days: number;
  onDays: (days: string) => void;
};

function Head({ id, artist, days, onDays }: HeadProps) {
  const { can } = useSession();
  const router = useRouter();
  const [removing, setRemoving] = useState(false);
  const remove = useRemoveArtist(id, () => router.push("/"));
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-3">
      <div className="flex min-w-0 flex-1 basis-64 items-center gap-3">
        <Link
          href="/"
          aria-label="Back to the roster"
          className="-ml-1.5 rounded-md p-1 text-muted hover:bg-hover hover:text-fg"
        >
          <ChevronLeft className="size-5" aria-hidden />
        </Link>
        {artist ? (
          <Avatar name={artist.name} url={artist.image_url} className="size-11" />
        ) : (
          <Skeleton className="size-11 rounded-full" />
        )}
        <div className="min-w-0">
          <h1 className="truncate text-xl font-semibold tracking-tight" title={artist?.name}>
            {artist?.name ?? (
              <>
                <span className="sr-only">Artist</span>
                <Skeleton className="h-6 w-40" />
              </>
            )}
          </h1>
          <p className="truncate text-sm text-muted">
            {artist ? [...artist.genres, artist.country].filter(Boolean).join(" · ") : ""}
          </p>
        </div>
      </div>
      <SegmentedControl
        label="Period"
        value={String(days)}
        onChange={onDays}
        options={PERIODS.map((each, at) => ({ value: String(each), label: `${each} days`, title: `Key ${at + 1}` }))}
      />
      {can("roster:write") && (
        <Menu>
          <MenuTrigger asChild>
            <Button size="icon" aria-label="More about this artist">
              <MoreHorizontal aria-hidden />
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            <MenuItem onSelect={() => setRemoving(true)}>
              <Trash2 aria-hidden /> Remove from the roster
            </MenuItem>
          </MenuContent>
        </Menu>
      )}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove ${artist?.name ?? "this artist"}?`}
        act="Remove from the roster"
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
      >
        The artist is removed from the roster and no longer synced.
      </ConfirmDialog>
    </header>
  );
}
