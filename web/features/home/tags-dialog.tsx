"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { Tag } from "@/lib/api/types";
import { t } from "./messages";

function useTags() {
  return useOrgQuery(["artists", "tags"], async () => (await call((client) => client.GET("/api/tags"))).items);
}

function useDeleteTag(onSuccess: () => void) {
  return useApiMutation(
    (tag_id: string) => call((client) => client.DELETE("/api/tags/{tag_id}", { params: { path: { tag_id } } })),
    { invalidates: [["artists"], ["audit"]], successMessage: () => t("tags.deleted"), onSuccess },
  );
}

/** The tags of the roster with how many artists have each. Deleting one takes it off all of them. */
export function TagsDialog({ onClose }: { onClose: () => void }) {
  const { data, error, refetch } = useTags();
  const [deleting, setDeleting] = useState<Tag | null>(null);
  const remove = useDeleteTag(() => setDeleting(null));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("tags.title")} description={t("tags.hint")}>
      {error && !data && <ErrorState error={error} what={t("tags.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={3} />}
      {data?.length === 0 && <p className="text-sm text-muted">{t("tags.empty")}</p>}
      <ul className="divide-y divide-line text-sm">
        {data?.map((tag) => (
          <li key={tag.id} className="flex items-center gap-3 py-1.5">
            <span className="min-w-0 flex-1 truncate font-medium">{tag.name}</span>
            <span className="text-muted">{t("tags.count", { count: tag.artists })}</span>
            <Button
              variant="ghost"
              aria-label={t("tags.deleteNamed", { name: tag.name })}
              onClick={() => setDeleting(tag)}
            >
              {t("tags.delete")}
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={deleting !== null}
        onOpenChange={(open) => !open && setDeleting(null)}
        title={t("tags.question", { name: deleting?.name ?? "" })}
        act={t("tags.delete")}
        busy={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting.id)}
      >
        {deleting && t("tags.deleteHint", { count: deleting.artists })}
      </ConfirmDialog>
    </Dialog>
  );
}
