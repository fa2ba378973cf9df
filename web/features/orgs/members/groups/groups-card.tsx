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

const members = (count: number | null) =>
  count === null ? "" : ` · on the list of ${count} ${count === 1 ? "member" : "members"}`;

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
      <Plus aria-hidden /> Add a group
    </Button>
  );
  return (
    <Card aria-labelledby="groups-title">
      <CardHeader id="groups-title" title="Artist groups" note="Given to members as a whole">
        {groups && groups.length > 0 && add}
      </CardHeader>
      {error && !groups && <ErrorState error={error} what="The groups" retry={() => void refetch()} />}
      {!groups && !error && <SkeletonRows rows={3} />}
      {groups?.length === 0 && (
        <EmptyState icon={Users} title="No groups yet" action={add}>
          Put artists into a group, for example those of one manager, and give members the group instead of each artist.
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {groups?.map((group) => (
          <li key={group.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium break-words">{group.name}</p>
              <p className="text-xs break-words text-muted">
                {group.artists.map((artist) => artist.name).join(", ") || "No artists"}
                {members(group.member_count)}
              </p>
            </div>
            {may && (
              <>
                <Button variant="ghost" aria-label={`Change ${group.name}`} onClick={() => setOpen(group)}>
                  Change
                </Button>
                <Button variant="ghost" aria-label={`Delete ${group.name}`} onClick={() => setDeleting(group)}>
                  Delete
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
        title={`Delete ${deleting?.name ?? "this group"}?`}
        act="Delete"
        busy={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting.id)}
      >
        The artists stay. Members who have them by this group only do not see them any more.
      </ConfirmDialog>
    </Card>
  );
}
