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
      <CardHeader id="songs-title" title="Songs" note="The last 28 days that each platform has reported">
        <SearchField label="Filter songs" value={q} onChange={(value) => set({ song: value })} className="sm:w-44" />
        <SegmentedControl
          label="Order of songs"
          value={sort}
          onChange={(next) => set({ songs: next === "released" ? null : next })}
          options={[
            { value: "released", label: "Newest" },
            { value: "title", label: "A–Z" },
          ]}
        />
        {can("roster:write") && (
          <Button onClick={() => setAdding(true)}>
            <Plus aria-hidden /> Song
          </Button>
        )}
      </CardHeader>
      {error && !items && <ErrorState error={error} what="The songs" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows />}
      {items && items.length > 0 && (
        <DataTable label="Songs" rows={items} columns={columns} rowId={(song) => song.id} />
      )}
      {items?.length === 0 && q && <NoResults query={q} onClear={() => set({ song: null })} />}
      {items?.length === 0 && !q && (
        <EmptyState title="No songs yet">
          Tracks become songs after the first sync or import: the same recording on several platforms is one song.
        </EmptyState>
      )}
      <LoadMore {...paging} />
      {adding && <AddSongDialog artistId={artistId} onClose={() => setAdding(false)} />}
    </Card>
  );
}
