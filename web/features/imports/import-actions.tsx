"use client";

import { Undo2 } from "lucide-react";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import type { ImportPreview } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { CommitForm } from "./commit-form";
import { MapColumns } from "./map-columns";
import { t } from "./messages";
import { useDiscardImport, useUndoImport } from "./queries";

type Props = { item: ImportPreview; onClose: () => void };

/** What can be done with an import in its state: commit, undo or discard. */
export function ImportActions({ item, onClose }: Props) {
  const { can } = useSession();
  const undo = useUndoImport();
  const discard = useDiscardImport(onClose);
  if (!can("imports:write") || item.status === "undone") return null;
  if (item.status === "committing" || item.status === "undoing") return null;
  if (item.status === "previewed") return <CommitForm item={item} onClose={onClose} />;
  if (item.status === "refused" || item.status === "reading") {
    return (
      <div className="grid gap-3">
        {item.status === "refused" && !item.source && <MapColumns id={item.id} />}
        <div className="flex justify-end">
          <Button busy={discard.isPending} onClick={() => discard.mutate(item.id)}>
            {t("actions.removeFromList")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Link
        href={`/artist/?id=${item.artist_id}&days=365`}
        className="mr-auto text-sm font-medium text-accent hover:underline"
      >
        {t("actions.seeNumbers")}
      </Link>
      <Button busy={undo.isPending} onClick={() => undo.mutate(item.id)}>
        <Undo2 aria-hidden /> {t("actions.undo")}
      </Button>
    </div>
  );
}
