"use client";

import { ArrowDown, ArrowUp, X } from "lucide-react";
import { useState } from "react";
import { z } from "zod";
import { DialogFooter, Form } from "@/components/form/form";
import { useApiForm } from "@/components/form/use-api-form";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import type { components } from "@/lib/api/schema";
import { useSongSearch } from "../compare/queries";
import { songArtists, songTitle } from "../songs/labels";
import { t } from "./messages";
import { useReplaceTracks } from "./queries";

type Track = { recording_id: string; title: string; disc: number };
type Props = { release: components["schemas"]["ReleaseWithTracks"]; onClose: () => void };

/** The places of tracks in their order: counted anew on each disc. */
export function places(tracks: Track[]) {
  const last = new Map<number, number>();
  return tracks.map(({ recording_id, disc }) => {
    const position = (last.get(disc) ?? 0) + 1;
    last.set(disc, position);
    return { recording_id, disc, position };
  });
}

/** Which songs are on a release, in which order. */
export function TracksDialog({ release, onClose }: Props) {
  const [tracks, setTracks] = useState<Track[]>(
    release.tracks.map((track) => ({ recording_id: track.recording_id, title: songTitle(track), disc: track.disc })),
  );
  const save = useReplaceTracks(release.id, onClose);
  const form = useApiForm({
    schema: z.object({}),
    defaultValues: {},
    onSubmit: () => save.mutateAsync(places(tracks)),
  });
  const move = (at: number, to: number) =>
    setTracks((now) => now.map((each, index) => (index === at ? now[to]! : index === to ? now[at]! : each)));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("editTracks.of", { title: release.title })}>
      {/* Not in the form: Enter in the search would save it. */}
      <AddTrack onAdd={(track) => setTracks((now) => [...now, { ...track, disc: now.at(-1)?.disc ?? 1 }])} />
      <Form form={form} className="mt-4 grid gap-4">
        {tracks.length === 0 && <p className="text-sm text-muted">{t("editTracks.none")}</p>}
        <ol className="grid gap-1 empty:hidden">
          {tracks.map((track, at) => (
            <li key={`${track.recording_id} ${at}`} className="flex items-center gap-1 text-sm">
              <span className="min-w-0 flex-1 truncate font-medium">{track.title}</span>
              <Input
                aria-label={t("editTracks.disc", { title: track.title })}
                title={t("editTracks.discColumn")}
                type="number"
                min={1}
                max={100}
                className="h-8 w-14 px-2"
                value={track.disc}
                onChange={(event) => {
                  const disc = Math.min(Math.max(Math.trunc(Number(event.target.value)) || 1, 1), 100);
                  setTracks((now) => now.map((each, index) => (index === at ? { ...each, disc } : each)));
                }}
              />
              <Button
                variant="ghost"
                size="icon"
                disabled={at === 0}
                aria-label={t("editTracks.up", { title: track.title })}
                onClick={() => move(at, at - 1)}
              >
                <ArrowUp aria-hidden />
              </Button>
              <Button
                variant="ghost"
                size="icon"
                disabled={at === tracks.length - 1}
                aria-label={t("editTracks.down", { title: track.title })}
                onClick={() => move(at, at + 1)}
              >
                <ArrowDown aria-hidden />
              </Button>
              <Button
                variant="ghost"
                size="icon"
                aria-label={t("editTracks.off", { title: track.title })}
                onClick={() => setTracks((now) => now.filter((_, index) => index !== at))}
              >
                <X aria-hidden />
              </Button>
            </li>
          ))}
        </ol>
        <DialogFooter form={form} submitLabel={t("edit.save")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}

function AddTrack({ onAdd }: { onAdd: (track: Omit<Track, "disc">) => void }) {
  const [q, setQ] = useState("");
  const { data } = useSongSearch(q);
  return (
    <div className="grid gap-2">
      <SearchField label={t("editTracks.find")} placeholder={t("editTracks.find")} value={q} onChange={setQ} />
      {q && data?.items.length === 0 && <p className="text-sm text-muted">{t("editTracks.noSong", { query: q })}</p>}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {q &&
          data?.items.map((song) => (
            <Button
              key={song.id}
              title={songArtists(song.credits)}
              onClick={() => {
                onAdd({ recording_id: song.id, title: songTitle(song) });
                setQ("");
              }}
            >
              {songTitle(song)}
            </Button>
          ))}
      </div>
    </div>
  );
}
