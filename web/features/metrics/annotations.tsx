"use client";

import { X } from "lucide-react";
import type { Annotation } from "@/lib/api/types";
import { shortDay } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { AddAnnotation } from "./add-annotation";
import { useRemoveAnnotation } from "./queries";

/** The annotations of the period, and a button to add one. */
export function AnnotationBar({ artistId, marks, to }: { artistId: string; marks: Annotation[]; to: string }) {
  const { can } = useSession();
  const remove = useRemoveAnnotation(artistId);
  const may = can("roster:write");
  if (!may && marks.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-2.5">
      {marks.map((mark) => (
        <span key={mark.id} className="inline-flex items-center gap-1.5 rounded-md bg-hover py-0.5 pr-1 pl-1.5 text-xs">
          <span
            aria-hidden
            className="grid size-4 place-items-center rounded border border-field bg-panel text-[10px] font-semibold uppercase"
          >
            {mark.kind.charAt(0)}
          </span>
          <span className="text-muted">{shortDay(mark.occurred_on)}</span>
          <span className={may ? "" : "pr-1"}>{mark.title}</span>
          {may && (
            <button
              type="button"
              aria-label={`Remove “${mark.title}” from the chart`}
              className="rounded p-0.5 text-muted hover:text-down"
              onClick={() => remove.mutate(mark.id)}
            >
              <X className="size-3" aria-hidden />
            </button>
          )}
        </span>
      ))}
      {may && <AddAnnotation artistId={artistId} day={to} />}
    </div>
  );
}
