"use client";

import { Link } from "@/components/link";
import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState, EmptyState } from "@/components/ui/state";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList } from "@/lib/api/queries";
import type { Placement } from "@/lib/api/types";
import { day, dayRange, exact } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { t } from "./messages";

type Kind = Placement["playlist"]["kind"];

const KINDS = ["editorial", "algorithmic", "listener", "unknown"] as const satisfies Kind[];

function usePlacements(artist: string, kind: Kind | "") {
  return useOrgList(["playlists", "artist", artist, kind], (cursor) =>
    call((client) =>
      client.GET("/api/artists/{artist_id}/playlists", {
        params: { path: { artist_id: artist }, query: { kind: kind || undefined, cursor, limit: 25 } },
      }),
    ),
  );
}

function useSetKind() {
  return useApiMutation(
    ({ id, kind }: { id: string; kind: Kind }) =>
      call((client) =>
        client.PATCH("/api/playlists/{playlist_id}", { params: { path: { playlist_id: id } }, body: { kind } }),
      ),
    { invalidates: [["playlists"]], successMessage: () => t("saved") },
  );
}

/** "since 4 Mar 2026", "came between …", "was there by …": as far as the exports say. */
function started(placement: Placement): string {
  if (placement.start_known === "day") return t("started.since", { day: day(placement.added_on) });
  if (placement.started_not_before)
    return t("started.between", { range: dayRange(placement.started_not_before, placement.started_not_after) });
  return t("started.by", { day: day(placement.started_not_after) });
}

function ended(placement: Placement): string {
  if (!placement.ended || !placement.ended_not_after) return "";
  return placement.ended_not_before
    ? t("ended.between", { range: dayRange(placement.ended_not_before, placement.ended_not_after) })
    : t("ended.on", { day: day(placement.ended_not_after) });
}

/** Which song is on the playlist. An export of all of an artist's playlists does not say it. */
function SongOfPlacement({ placement }: { placement: Placement }) {
  if (!placement.song) return <span title={t("someSongHint")}>{t("someSong")}</span>;
  if (!placement.recording_id) return <>{placement.song}</>;
  return (
    <Link href={`/song/?id=${placement.recording_id}`} className="hover:text-accent">
      {placement.song}
    </Link>
  );
}

function KindOptions() {
  return KINDS.map((kind) => (
    <option key={kind} value={kind}>
      {t(`kinds.${kind}`)}
    </option>
  ));
}

/** The playlists of the artist in the URL: from when to when, of which kind, and what they brought. */
export function ArtistPlaylists() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const artist = get("id");
  const kind = get("playlists") as Kind | "";
  const { items, error, refetch, isPlaceholderData, ...paging } = usePlacements(artist, kind);
  const setKind = useSetKind();
  return (
    <Card aria-labelledby="playlists-title" old={isPlaceholderData}>
      <CardHeader id="playlists-title" title={t("title")} note={t("note")}>
        <Select
          aria-label={t("kindLabel")}
          className="h-8 w-36 text-sm"
          value={kind}
          onChange={(event) => set({ playlists: event.target.value })}
        >
          <option value="">{t("allKinds")}</option>
          <KindOptions />
        </Select>
      </CardHeader>
      {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows />}
      {items?.length === 0 && <EmptyState title={t("empty.title")}>{t("empty.hint")}</EmptyState>}
      <ul className="divide-y divide-line">
        {items?.map((placement) => (
          <li key={placement.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
            <span className="min-w-48 flex-1">
              <span className="font-medium">{placement.playlist.title}</span>
              <span className="block text-xs text-muted">
                <SongOfPlacement placement={placement} />
                {["", started(placement), ended(placement)].filter((part, i) => !i || part).join(" · ")}
              </span>
            </span>
            {placement.ended && <Badge>{t("ended.badge")}</Badge>}
            {can("roster:write") ? (
              <Select
                aria-label={t("kindOf", { title: placement.playlist.title })}
                className="h-8 w-32 text-sm"
                value={placement.playlist.kind}
                onChange={(event) => setKind.mutate({ id: placement.playlist.id, kind: event.target.value as Kind })}
              >
                <KindOptions />
              </Select>
            ) : (
              <Badge>{t(`kinds.${placement.playlist.kind}`)}</Badge>
            )}
            <span className="num w-full text-right sm:w-80">
              {t("numbers", {
                streams: exact(placement.streams),
                streamCount: placement.streams ?? 2,
                listeners: exact(placement.listeners),
                listenerCount: placement.listeners ?? 2,
              })}
              <span className="block text-xs text-muted">
                {t("source", {
                  period: placement.from_on
                    ? dayRange(placement.from_on, placement.to_on)
                    : t("until", { day: day(placement.to_on) }),
                })}
              </span>
            </span>
          </li>
        ))}
      </ul>
      <LoadMore {...paging} />
    </Card>
  );
}
