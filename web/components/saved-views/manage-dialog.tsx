"use client";

import { Pencil, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { SavedView } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { addressOf, contentOf, pageOf, shownPage, useRemoveView, useSavedViews, useSaveView } from "./queries";
import { ViewDialog } from "./view-dialog";

/** All views that the member sees: open, rename, share, replace or delete them. */
export function ManageDialog({ onClose }: { onClose: () => void }) {
  const { data, error, refetch } = useSavedViews();
  const [editing, setEditing] = useState<SavedView>();
  if (editing) return <ViewDialog view={editing} onClose={() => setEditing(undefined)} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("button")}
      description={t("hint")}
      className="w-[min(640px,calc(100vw-24px))]"
    >
      {error && !data && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
      {!error && !data && <SkeletonRows rows={3} />}
      {data?.items.length === 0 && <EmptyState title={t("none")} />}
      <ul className="divide-y divide-line">
        {data?.items.map((view) => (
          <ViewRow key={view.id} view={view} onOpen={onClose} onEdit={() => setEditing(view)} />
        ))}
      </ul>
    </Dialog>
  );
}

function ViewRow({ view, onOpen, onEdit }: { view: SavedView; onOpen: () => void; onEdit: () => void }) {
  const { can } = useSession();
  const replace = useSaveView(view.id, { message: (name) => t("row.replaced", { name }) });
  const remove = useRemoveView();
  const about = [
    pageOf(view),
    view.is_shared && t("row.shared"),
    !view.is_own && view.author && t("row.author", { author: view.author }),
  ];
  return (
    <li className="flex items-center gap-1 py-2">
      <Link href={addressOf(view)} onClick={onOpen} className="min-w-0 flex-1 hover:underline">
        <span className="block truncate text-sm font-medium">{view.name}</span>
        <span className="block truncate text-xs text-muted">{about.filter(Boolean).join(" · ")}</span>
      </Link>
      {view.is_own && (
        <>
          <Button
            variant="ghost"
            size="icon"
            aria-label={t("row.replace", { name: view.name })}
            title={t("row.replace", { name: view.name })}
            busy={replace.isPending}
            onClick={() => replace.mutate({ ...contentOf(view), ...shownPage() })}
          >
            <RefreshCw aria-hidden />
          </Button>
          <Button
            variant="ghost"
            size="icon"
            aria-label={t("row.edit", { name: view.name })}
            title={t("row.edit", { name: view.name })}
            onClick={onEdit}
          >
            <Pencil aria-hidden />
          </Button>
        </>
      )}
      {(view.is_own || can("members:manage")) && (
        <Button
          variant="ghost"
          size="icon"
          aria-label={t("row.delete", { name: view.name })}
          title={t("row.delete", { name: view.name })}
          busy={remove.isPending}
          onClick={() => remove.mutate(view)}
        >
          <Trash2 aria-hidden />
        </Button>
      )}
    </li>
  );
}
