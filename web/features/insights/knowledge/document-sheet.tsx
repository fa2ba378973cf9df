"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { day } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { useDocument, useRemoveDocument } from "./queries";

export function DocumentSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { can } = useSession();
  const { data, error, refetch } = useDocument(id);
  const remove = useRemoveDocument(onClose);
  const [removing, setRemoving] = useState(false);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={data?.title ?? t("document.title")}
      description={
        data &&
        t(data.artist_name ? "document.factsAbout" : "document.facts", {
          kind: t(`kinds.${data.kind}`),
          artist: data.artist_name,
          day: day(data.created_at),
        })
      }
      className="w-[min(640px,100vw)]"
    >
      {error && <ErrorState error={error} what={t("document.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows className="px-0" />}
      {data && (
        <div className="grid grid-cols-1 gap-4">
          <p className="leading-6 whitespace-pre-wrap">{data.body}</p>
          <div className="flex flex-wrap items-center justify-between gap-2 border-t border-line pt-4">
            {data.source_url ? (
              <a
                href={data.source_url}
                target="_blank"
                rel="noreferrer"
                className="truncate text-sm text-accent hover:underline"
              >
                {data.source_url}
              </a>
            ) : (
              <span />
            )}
            {can("documents:write") && (
              <Button variant="danger" onClick={() => setRemoving(true)}>
                <Trash2 aria-hidden /> {t("document.delete")}
              </Button>
            )}
          </div>
        </div>
      )}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t("document.question")}
        act={t("document.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(id)}
      >
        {t("document.warning")}
      </ConfirmDialog>
    </Sheet>
  );
}
