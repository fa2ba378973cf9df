"use client";

import { Pencil } from "lucide-react";
import { useState } from "react";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { BreakdownCard } from "../breakdown-card";
import { songTitle } from "../songs/labels";
import { t } from "./messages";
import { useRelease } from "./queries";
import { TracksDialog } from "./tracks-dialog";

type Props = { releaseId: string; artistId: string | undefined };

/** The tracks, and one of them by source of streams, city and audience. */
export function TracksCard({ releaseId, artistId }: Props) {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  const { data, error, refetch } = useRelease(releaseId);
  const track = data?.tracks.find((each) => each.recording_id === get("track")) ?? data?.tracks[0];
  return (
    <>
      <Card aria-labelledby="release-tracks">
        <CardHeader id="release-tracks" title={t("tracks.title")}>
          {data && can("roster:write") && (
            <Button onClick={() => setEditing(true)}>
              <Pencil aria-hidden /> {t("editTracks.open")}
            </Button>
          )}
        </CardHeader>
        {editing && data && <TracksDialog release={data} onClose={() => setEditing(false)} />}
        {error && !data && <ErrorState error={error} what={t("tracks.title")} retry={() => void refetch()} />}
        {!data && !error && <SkeletonRows rows={3} />}
        {data?.tracks.length === 0 && <EmptyState title={t("tracks.none")}>{t("tracks.noneHint")}</EmptyState>}
        <ol className="divide-y divide-line border-t border-line text-sm empty:hidden">
          {data?.tracks.map((each) => (
            <li key={`${each.disc} ${each.position}`} className="flex gap-3 px-4 py-2">
              <span className="num w-6 text-right text-muted">{each.position}</span>
              <Link href={`/song/?id=${each.recording_id}`} className="min-w-0 flex-1 truncate hover:text-accent">
                {songTitle(each)}
              </Link>
              <span className="text-xs text-muted">{each.isrc}</span>
            </li>
          ))}
        </ol>
      </Card>
      {artistId && track && (
        <BreakdownCard key={track.recording_id} artistId={artistId} recordingId={track.recording_id}>
          {data!.tracks.length > 1 && (
            <Select
              aria-label={t("saves.track")}
              className="h-8 w-52 text-sm"
              value={track.recording_id}
              onChange={(event) => set({ track: event.target.value, split: null, by: null })}
            >
              {data!.tracks.map((each) => (
                <option key={each.recording_id} value={each.recording_id}>
                  {songTitle(each)}
                </option>
              ))}
            </Select>
          )}
        </BreakdownCard>
      )}
    </>
  );
}
