"use client";

import { ChevronLeft, Disc3, GitCompareArrows, MapPin, MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { Link } from "@/components/link";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Avatar } from "@/components/avatar";
import { SectionLinks } from "@/components/section-links";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ViewsMenu } from "@/components/saved-views/views-menu";
import { usePeriodShortcuts } from "@/components/shell/keyboard-shortcuts";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { useOwnTitle } from "@/components/page-title";
import type { Artist } from "@/lib/api/types";
import { PERIODS, usePeriod } from "@/lib/period";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { useArtist, useRemoveArtist } from "./queries";
import { t } from "./messages";

const ArtistDialog = dynamic(() => import("@/components/artist-dialog").then((module) => module.ArtistDialog), {
  ssr: false,
});

type Props = {
  /** The latest insights about this artist. */
  changes: React.ReactNode;
  /** The data sources: accounts, and a drop zone for files. */
  sources: React.ReactNode;
  /** The key numbers, the chart and the assets. */
  metrics: React.ReactNode;
  /** Further cards. */
  children?: React.ReactNode;
};

export function ArtistPage(props: Props) {
  const id = useUrlState().get("id");
  if (!id) {
    return (
      <Card>
        <h1 className="sr-only">{t("artist")}</h1>
        <EmptyState
          icon={Disc3}
          title={t("none.title")}
          action={
            <Link href="/" className={buttonStyle({ variant: "primary" })}>
              {t("none.action")}
            </Link>
          }
        >
          {t("none.hint")}
        </EmptyState>
      </Card>
    );
  }
  return <ArtistDetails key={id} id={id} {...props} />;
}

function ArtistDetails({ id, changes, sources, metrics, children }: Props & { id: string }) {
  const { days, setDays } = usePeriod();
  const artist = useArtist(id);
  const cards = useRef<HTMLDivElement>(null);
  usePeriodShortcuts(setDays);
  const name = artist.data?.name;
  useOwnTitle(name);

  if (artist.error && !artist.data) {
    return (
      <Card>
        <h1 className="sr-only">{t("artist")}</h1>
        <ErrorState error={artist.error} what={t("what")} retry={() => void artist.refetch()} />
      </Card>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-4">
      <Header id={id} artist={artist.data} days={days} onDays={setDays} />
      {!artist.data && <SkeletonRows rows={8} />}
      {/* Loaded beside the artist, shown after it: of an unknown artist only the page itself tells the error. */}
      <div ref={cards} className={artist.data ? "grid grid-cols-1 gap-4" : "hidden"}>
        <SectionLinks root={cards} />
        <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
          {changes}
          {sources}
        </div>
        {metrics}
        {children}
      </div>
    </div>
  );
}

type HeaderProps = {
  id: string;
  artist: Artist | undefined;
  days: number;
  onDays: (days: number) => void;
};

function Header({ id, artist, days, onDays }: HeaderProps) {
  const { can } = useSession();
  const router = useRouter();
  const [removing, setRemoving] = useState(false);
  const [editing, setEditing] = useState(false);
  const remove = useRemoveArtist(id, () => router.push("/"));
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-3">
      <div className="flex min-w-0 flex-1 basis-64 items-center gap-3">
        <Link
          href="/"
          aria-label={t("back")}
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
                <span className="sr-only">{t("artist")}</span>
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
        label={t("period.label")}
        value={String(days)}
        onChange={(next) => onDays(Number(next))}
        options={PERIODS.map((each, at) => ({
          value: String(each),
          label: t("period.days", { days: each }),
          title: t("period.key", { key: at + 1 }),
        }))}
      />
      <ViewsMenu />
      {can("metrics:read") && (
        <Link href={`/compare/?artist=${id}`} className={buttonStyle()}>
          <GitCompareArrows aria-hidden /> {t("compare")}
        </Link>
      )}
      {can("metrics:read") && (
        <Link href={`/where-to-play/?artist=${id}`} className={buttonStyle()}>
          <MapPin aria-hidden /> {t("places")}
        </Link>
      )}
      {can("roster:write") && (
        <Menu>
          <MenuTrigger asChild>
            <Button size="icon" aria-label={t("menu.label")}>
              <MoreHorizontal aria-hidden />
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            <MenuItem disabled={!artist} onSelect={() => setEditing(true)}>
              <Pencil aria-hidden /> {t("menu.edit")}
            </MenuItem>
            <MenuItem onSelect={() => setRemoving(true)}>
              <Trash2 aria-hidden /> {t("menu.remove")}
            </MenuItem>
          </MenuContent>
        </Menu>
      )}
      {editing && artist && <ArtistDialog artist={artist} onClose={() => setEditing(false)} />}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t("remove.title", { name: artist?.name ?? t("remove.thisArtist") })}
        act={t("menu.remove")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
      >
        {t("remove.text")}
      </ConfirmDialog>
    </header>
  );
}
