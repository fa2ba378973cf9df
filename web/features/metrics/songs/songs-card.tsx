"use client";

import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { DataTable } from "@/components/data-table";
import { LoadMore } from "@/components/load-more";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { useSongs, type SongSort } from "./queries";
import { songColumns } from "./song-columns";
import { AddSongDialog } from "./song-dialog";
import { t } from "./messages";

/** One row a song, one column a platform. */
export function SongsCard({ artistId }: { artistId: string }) {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const q = get("song");
  const sort = (get("songs") as SongSort) || "released";
  const { items, error, refetch, isPlaceholderData, ...paging } = useSongs(artistId, q, sort);
  const columns = useMemo(() => songColumns(items ?? []), [items]);
  return (
    <Card aria-labelledby="songs-title" old={isPlaceholderData}>
      <CardHeader id="songs-title" title={t("title")} note={t("note")}>
        <SearchField label={t("find")} value={q} onChange={(value) => set({ song: value })} className="sm:w-44" />
        <SegmentedControl
          label={t("order")}
          value={sort}
          onChange={(next) => set({ songs: next === "released" ? null : next })}
          options={[
            { value: "released", label: t("newest") },
            { value: "title", label: t("byTitle") },
          ]}
        />
        {can("roster:write") && (
          <Button onClick={() => setAdding(true)}>
            <Plus aria-hidden /> {t("add.open")}
          </Button>
        )}
      </CardHeader>
      {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows />}
      {items && items.length > 0 && (
        <DataTable label={t("title")} rows={items} columns={columns} rowId={(song) => song.id} />
      )}
      {items?.length === 0 && q && <NoResults query={q} onClear={() => set({ song: null })} />}
      {items?.length === 0 && !q && <EmptyState title={t("none")}>{t("noneHint")}</EmptyState>}
      <LoadMore {...paging} />
      {adding && <AddSongDialog artistId={artistId} onClose={() => setAdding(false)} />}
    </Card>
  );
}
