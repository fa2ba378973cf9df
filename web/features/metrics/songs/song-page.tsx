"use client";

import { Disc3, ExternalLink, GitCompareArrows, Merge, Pencil, Unlink } from "lucide-react";
import { Link } from "@/components/link";
import { useState } from "react";
import { AssetKind } from "@/components/asset-kind";
import { PageHeader } from "@/components/page-header";
import { useOwnTitle } from "@/components/page-title";
import { ProviderName } from "@/components/provider-icon";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Song } from "@/lib/api/types";
import { day } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { CreditsDialog } from "./credits-dialog";
import { releaseKind, songArtists, songTitle } from "./labels";
import { t } from "./messages";
import { useSong } from "./queries";
import { MergeDialog } from "./merge-dialog";
import { SongDialog } from "./song-dialog";
import { SongFigures } from "./song-figures";
import { SongTimeline } from "./song-timeline";
import { SplitDialog } from "./split-dialog";

/** One song: who made it, what it is on each platform, its numbers there, and its releases. */
export function SongPage() {
  const id = useUrlState().get("id");
  if (!id) {
    return (
      <Card>
        <h1 className="sr-only">{t("page.title")}</h1>
        <EmptyState
          icon={Disc3}
          title={t("page.noId")}
          action={
            <Link href="/" className={buttonStyle({ variant: "primary" })}>
              {t("page.toRoster")}
            </Link>
          }
        >
          {t("page.noIdHint")}
        </EmptyState>
      </Card>
    );
  }
  return <SongDetails key={id} id={id} />;
}

function SongDetails({ id }: { id: string }) {
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  const [merging, setMerging] = useState(false);
  const song = useSong(id);
  const title = song.data && songTitle(song.data);
  useOwnTitle(title);
  if (song.error) {
    return (
      <Card>
        <h1 className="sr-only">{t("page.title")}</h1>
        <ErrorState error={song.error} what={t("page.what")} retry={() => void song.refetch()} />
      </Card>
    );
  }
  if (!song.data) {
    return (
      <Card>
        <h1 className="sr-only">{t("page.title")}</h1>
        <SkeletonRows />
      </Card>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHeader title={songTitle(song.data)} lead={facts(song.data)}>
        <Link href={`/compare/?song=${song.data.id}`} className={buttonStyle()}>
          <GitCompareArrows aria-hidden /> {t("page.compare")}
        </Link>
        {can("roster:write") && (
          <>
            <Button onClick={() => setMerging(true)}>
              <Merge aria-hidden /> {t("merge.open")}
            </Button>
            <Button onClick={() => setEditing(true)}>
              <Pencil aria-hidden /> {t("edit.open")}
            </Button>
          </>
        )}
      </PageHeader>
      {merging && <MergeDialog song={song.data} onClose={() => setMerging(false)} />}
      {editing && <SongDialog song={song.data} onClose={() => setEditing(false)} />}
      <SongFigures song={song.data} />
      <SongTimeline song={song.data} />
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-2">
        <Assets song={song.data} />
        <Credits song={song.data} />
      </div>
    </div>
  );
}

function facts(song: Song): string {
  const released = song.released_on ? t("page.released", { day: day(song.released_on) }) : t("page.noDay");
  return [songArtists(song.credits), song.isrc ?? t("page.noIsrc"), released].filter(Boolean).join(" · ");
}

function Assets({ song }: { song: Song }) {
  const { can } = useSession();
  const [splitting, setSplitting] = useState<Song["assets"][number] | null>(null);
  return (
    <Card aria-labelledby="song-assets-title">
      <CardHeader id="song-assets-title" title={t("page.platforms")} />
      {song.assets.length === 0 && <EmptyState title={t("page.notOut")}>{t("page.notOutHint")}</EmptyState>}
      <ul className="divide-y divide-line">
        {song.assets.map((asset) => (
          <li key={asset.id} className="flex flex-wrap items-center gap-x-3 px-4 py-2 text-sm">
            <ProviderName provider={asset.provider} className="w-28" />
            <span className="w-28">
              <AssetKind asset={asset} />
            </span>
            <span className="min-w-40 flex-1 truncate" title={asset.title}>
              {asset.title}
            </span>
            {asset.url && (
              <a
                href={asset.url}
                target="_blank"
                rel="noreferrer"
                className="text-muted hover:text-accent"
                aria-label={t("page.open", { title: asset.title, provider: providerName(asset.provider) })}
              >
                <ExternalLink className="size-3.5" aria-hidden />
              </a>
            )}
            {can("roster:write") && (
              <Button
                variant="ghost"
                size="icon"
                aria-label={t("split.label", { title: asset.title, provider: providerName(asset.provider) })}
                title={t("split.hint")}
                onClick={() => setSplitting(asset)}
              >
                <Unlink aria-hidden />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {splitting && <SplitDialog song={song} asset={splitting} onClose={() => setSplitting(null)} />}
    </Card>
  );
}

function Credits({ song }: { song: Song }) {
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  return (
    <Card aria-labelledby="song-credits-title">
      <CardHeader id="song-credits-title" title={t("page.credits")}>
        {can("roster:write") && (
          <Button onClick={() => setEditing(true)}>
            <Pencil aria-hidden /> {t("credits.open")}
          </Button>
        )}
      </CardHeader>
      {editing && <CreditsDialog song={song} onClose={() => setEditing(false)} />}
      <ul className="divide-y divide-line text-sm">
        {song.credits.map((credit) => (
          <li key={`${credit.role} ${credit.name}`} className="flex gap-3 px-4 py-2">
            {credit.artist_id ? (
              <Link href={`/artist/?id=${credit.artist_id}`} className="flex-1 font-medium hover:text-accent">
                {credit.name}
              </Link>
            ) : (
              <span className="flex-1 font-medium">{credit.name}</span>
            )}
            <span className="text-muted capitalize">{t(`roles.${credit.role}`)}</span>
          </li>
        ))}
        {song.releases.map((release) => (
          <li key={release.id} className="flex gap-3 px-4 py-2">
            <Link href={`/release/?id=${release.id}`} className="flex-1 truncate hover:text-accent">
              {release.title}
            </Link>
            <span className="text-muted capitalize">{releaseKind(release.kind)}</span>
            <span className="whitespace-nowrap text-muted">{day(release.released_on)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
