"use client";

import { Flag, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import type { Annotation } from "@/lib/api/types";
import { shortDay } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useAddAnnotation, useRemoveAnnotation } from "./queries";

const KINDS: Annotation["kind"][] = ["release", "campaign", "show", "playlist", "press", "note"];

/** What happened in the period, as marked on the chart, and the way to mark something more. */
export function AnnotationBar({ artistId, marks, to }: { artistId: string; marks: Annotation[]; to: string }) {
  const { can } = useSession();
  const [open, setOpen] = useState(false);
  const add = useAddAnnotation(artistId, () => setOpen(false));
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
      {may && (
        <Popover open={open} onOpenChange={setOpen}>
          <PopoverTrigger asChild>
            <Button variant="ghost">
              <Flag aria-hidden /> Mark a day
            </Button>
          </PopoverTrigger>
          <PopoverContent align="start" aria-label="Mark a day">
            <form
              className="grid gap-3"
              onSubmit={(event) => {
                event.preventDefault();
                const form = new FormData(event.currentTarget);
                add.mutate({
                  occurred_on: String(form.get("day")),
                  kind: String(form.get("kind")) as Annotation["kind"],
                  title: String(form.get("title")),
                });
              }}
            >
              <Field label="What happened">
                {(fieldProps) => <Input {...fieldProps} name="title" required maxLength={200} />}
              </Field>
              <Field label="Kind">
                {(fieldProps) => (
                  <Select {...fieldProps} name="kind" className="capitalize">
                    {KINDS.map((kind) => (
                      <option key={kind}>{kind}</option>
                    ))}
                  </Select>
                )}
              </Field>
              <Field label="Day">
                {(fieldProps) => <Input {...fieldProps} name="day" type="date" required defaultValue={to} />}
              </Field>
              <Button type="submit" variant="primary" busy={add.isPending}>
                Mark it
              </Button>
            </form>
          </PopoverContent>
        </Popover>
      )}
    </div>
  );
}
