"use client";

import { useState } from "react";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { Song } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { songArtists, songTitle } from "./labels";
import { t } from "./messages";
import { useMerge, useSongSearch } from "./queries";

/** Make one song of two. Says what changes before it is done; can be undone. */
export function MergeDialog({ song, onClose }: { song: Song; onClose: () => void }) {
  const [q, setQ] = useState("");
  const [other, setOther] = useState<Song | null>(null);
  const found = useSongSearch(q);
  const merge = useMerge(song.id, onClose);
  const songs = (found.data?.items ?? []).filter((each) => each.id !== song.id);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("merge.title", { title: song.title })}
      description={t("merge.note")}
    >
      <div className="grid gap-3">
        <SearchField label={t("merge.find")} value={q} onChange={setQ} />
        {found.error && <ErrorState error={found.error} what={t("what")} retry={() => void found.refetch()} />}
        {found.isPending && <SkeletonRows rows={3} className="px-0" />}
        {found.data && songs.length === 0 && <p className="text-sm text-muted">{t("merge.none")}</p>}
        <div role="radiogroup" aria-label={t("merge.other")} className="grid max-h-56 overflow-y-auto">
          {songs.map((each) => (
            <div key={each.id} className="flex items-center gap-2.5 rounded-md px-2 text-sm hover:bg-hover">
              <input
                id={`other-${each.id}`}
                type="radio"
                name="other"
                className="accent-accent"
                checked={other?.id === each.id}
                onChange={() => setOther(each)}
              />
              <label htmlFor={`other-${each.id}`} className="min-w-0 flex-1 cursor-pointer py-1.5 font-medium">
                {songTitle(each)}
                <span className="block truncate text-xs font-normal text-muted">
                  {[songArtists(each.credits), each.isrc, platforms(each)].filter(Boolean).join(" · ")}
                </span>
              </label>
            </div>
          ))}
        </div>
        {other && <Consequences song={song} other={other} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("split.cancel")}</Button>
          <Button
            variant="primary"
            disabled={!other}
            busy={merge.isPending}
            onClick={() => other && merge.mutate(other.id)}
          >
            {t("merge.join")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Consequences({ song, other }: { song: Song; other: Song }) {
  const known = new Set(song.credits.map((credit) => credit.name));
  const names = other.credits.map((credit) => credit.name).filter((name) => !known.has(name));
  return (
    <div role="status" className="grid gap-1 rounded-md bg-accent-soft px-3 py-2 text-sm">
      <p>
        {other.assets.length > 0
          ? t("merge.items", {
              other: other.title,
              title: song.title,
              count: other.assets.length,
              platforms: platforms(other),
            })
          : t("merge.noItems", { other: other.title, title: song.title })}
      </p>
      {names.length > 0 && <p>{t("merge.credits", { names: names.join(", ") })}</p>}
      {song.isrc && other.isrc && song.isrc !== other.isrc && (
        <p className="font-medium text-down">{t("merge.codes", { one: song.isrc, other: other.isrc })}</p>
      )}
    </div>
  );
}

function platforms(song: Song): string {
  return [...new Set(song.assets.map((asset) => providerName(asset.provider)))].join(", ");
}
