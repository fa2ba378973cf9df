"use client";

import { Plus, Users } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { ArtistGroup } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { GroupDialog } from "./group-dialog";
import { useArtistGroups, useDeleteGroup } from "./queries";
import { t } from "../../messages";

/** Groups of artists, which are given to members as a whole. */
export function GroupsCard() {
  const { can } = useSession();
  const { data: groups, error, refetch } = useArtistGroups();
  const [open, setOpen] = useState<ArtistGroup | "new" | null>(null);
  const [deleting, setDeleting] = useState<ArtistGroup | null>(null);
  const remove = useDeleteGroup(() => setDeleting(null));
  const may = can("members:manage");
  const add = may && (
    <Button onClick={() => setOpen("new")}>
      <Plus aria-hidden /> {t("groups.add")}
    </Button>
  );
  return (
    <Card aria-labelledby="groups-title">
      <CardHeader id="groups-title" title={t("members.groups")} note={t("groups.note")}>
        {groups && groups.length > 0 && add}
      </CardHeader>
      {error && !groups && <ErrorState error={error} what={t("groups.what")} retry={() => void refetch()} />}
      {!groups && !error && <SkeletonRows rows={3} />}
      {groups?.length === 0 && (
        <EmptyState icon={Users} title={t("groups.empty")} action={add}>
          {t("groups.emptyHint")}
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {groups?.map((group) => (
          <li key={group.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium break-words">{group.name}</p>
              <p className="text-xs break-words text-muted">{about(group)}</p>
            </div>
            {may && (
              <>
                <Button
                  variant="ghost"
                  aria-label={t("groups.changeNamed", { name: group.name })}
                  onClick={() => setOpen(group)}
                >
                  {t("change")}
                </Button>
                <Button
                  variant="ghost"
                  aria-label={t("groups.deleteNamed", { name: group.name })}
                  onClick={() => setDeleting(group)}
                >
                  {t("matrix.verbs.can_delete")}
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
      {open && <GroupDialog group={open === "new" ? null : open} onClose={() => setOpen(null)} />}
      <ConfirmDialog
        open={deleting !== null}
        onOpenChange={(next) => !next && setDeleting(null)}
        title={t("groups.question", { name: deleting?.name ?? t("groups.thisGroup") })}
        act={t("matrix.verbs.can_delete")}
        busy={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting.id)}
      >
        {t("groups.hint")}
      </ConfirmDialog>
    </Card>
  );
}

function about(group: ArtistGroup): string {
  const artists = group.artists.map((artist) => artist.name).join(", ") || t("groups.noArtists");
  return group.member_count === null ? artists : t("groups.onLists", { artists, count: group.member_count });
}
