"use client";

import { LoadMore } from "@/components/load-more";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { SongChange } from "@/lib/api/types";
import { day } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { useChanges, useUndoChange } from "./queries";

/** What people decided about the songs and releases of an artist, each to be undone; nothing while there is none. */
export function ChangesCard({ artistId }: { artistId: string }) {
  const { can } = useSession();
  const { items, hasNextPage, isFetchingNextPage, fetchNextPage } = useChanges(artistId);
  const undo = useUndoChange();
  if (!items?.length || !can("roster:write")) return null;
  return (
    <Card aria-labelledby="changes-title">
      <CardHeader id="changes-title" title="Decided by people" note="Undo the latest change of a song first" />
      <ul className="divide-y divide-line">
        {items.map((change) => (
          <li key={change.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-sm">
            <span className="min-w-60 flex-1">
              {changeLabel(change)}
              <span className="block text-xs text-muted">
                {[change.created_by_name, day(change.created_at.slice(0, 10))].filter(Boolean).join(", ")}
              </span>
            </span>
            {change.undone_at ? (
              <span className="text-muted">Undone {day(change.undone_at.slice(0, 10))}</span>
            ) : (
              <Button disabled={undo.isPending} onClick={() => undo.mutate(change.id)}>
                Undo
              </Button>
            )}
          </li>
        ))}
      </ul>
      <LoadMore hasNextPage={hasNextPage} isFetchingNextPage={isFetchingNextPage} fetchNextPage={fetchNextPage} />
    </Card>
  );
}

/** Say what was decided, in one sentence. */
export function changeLabel(change: SongChange): string {
  const kind = change.release_id ? "release" : "song";
  const own = `“${change.title ?? "a song that you do not see"}”`;
  const on = change.asset_provider ? ` of ${providerName(change.asset_provider)}` : "";
  const asset = change.asset_title ? `“${change.asset_title}”${on}` : "An item of a platform";
  switch (change.kind) {
    case "merge":
      return `${change.other_title ? `“${change.other_title}”` : `Another ${kind}`} became one ${kind} with ${own}`;
    case "link":
      return `${asset} is the ${kind} ${own}`;
    case "split":
      return change.other_id ? `${asset} is another song than ${own}` : `${asset} is not a song`;
    case "reject":
      return `${asset} is not the ${kind} ${own}`;
  }
}
