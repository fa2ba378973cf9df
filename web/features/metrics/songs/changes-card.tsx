"use client";

import { LoadMore } from "@/components/load-more";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { SongChange } from "@/lib/api/types";
import { day } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { useChanges, useUndoChange } from "./queries";

/** What people decided about the songs and releases of an artist, each to be undone; nothing while there is none. */
export function ChangesCard({ artistId }: { artistId: string }) {
  const { can } = useSession();
  const { items, hasNextPage, isFetchingNextPage, fetchNextPage } = useChanges(artistId);
  const undo = useUndoChange();
  if (!items?.length || !can("roster:write")) return null;
  return (
    <Card aria-labelledby="changes-title">
      <CardHeader id="changes-title" title={t("changes.title")} note={t("changes.note")} />
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
              <span className="text-muted">{t("changes.undone", { day: day(change.undone_at.slice(0, 10)) })}</span>
            ) : (
              <Button disabled={undo.isPending} onClick={() => undo.mutate(change.id)}>
                {t("changes.undo")}
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
  const title = change.title ?? t("changes.hiddenSong");
  const item = itemOf(change);
  switch (change.kind) {
    case "merge": {
      const other = change.other_title
        ? t("changes.item", { title: change.other_title })
        : t(`changes.another.${kind}`);
      return t(`changes.merge.${kind}`, { other, title });
    }
    case "link":
      return t(`changes.link.${kind}`, { item, title });
    case "split":
      return change.other_id ? t("changes.split", { item, title }) : t("changes.noSong", { item });
    case "reject":
      return t(`changes.reject.${kind}`, { item, title });
  }
}

function itemOf({ asset_title: title, asset_provider: provider }: SongChange): string {
  if (!title) return t("changes.anyItem");
  return provider ? t("changes.itemOf", { title, provider: providerName(provider) }) : t("changes.item", { title });
}
