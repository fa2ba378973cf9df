"use client";

import { X } from "lucide-react";
import { useState } from "react";
import type { CalendarItem } from "@/lib/api/types";
import { dayRange, shortDay } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { AddMark } from "./add-mark";
import { t } from "./messages";
import { useRemoveMark } from "./queries";

const SHOWN = 12;

/** What the calendar holds in the period of a chart, and a button to add to it. */
export function ChartMarks({ artistId, marks, to }: { artistId: string; marks: CalendarItem[]; to: string }) {
  const { can } = useSession();
  const remove = useRemoveMark();
  const [all, setAll] = useState(false);
  const may = can("roster:write");
  if (!may && marks.length === 0) return null;
  const shown = all ? marks : marks.slice(-SHOWN);
  return (
    <div className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-2.5">
      {shown.length < marks.length && (
        <button type="button" className="text-xs text-muted hover:text-fg" onClick={() => setAll(true)}>
          {t("marks.earlier", { count: marks.length - shown.length })}
        </button>
      )}
      {shown.map((mark) => (
        <span
          key={mark.source + mark.id}
          className="inline-flex items-center gap-1.5 rounded-md bg-hover py-0.5 pr-1 pl-1.5 text-xs"
        >
          <span
            aria-hidden
            className="grid size-4 place-items-center rounded border border-field bg-panel text-[10px] font-semibold uppercase"
          >
            {t(`markKinds.${mark.kind}`).charAt(0)}
          </span>
          <span className="sr-only">{t(`markKinds.${mark.kind}`)}</span>
          <span className="text-muted">
            {mark.starts_on === mark.ends_on ? shortDay(mark.starts_on) : dayRange(mark.starts_on, mark.ends_on)}
          </span>
          {mark.url ? (
            <a href={mark.url} target="_blank" rel="noreferrer" className="pr-1 hover:underline">
              {mark.title}
            </a>
          ) : (
            <span className="pr-1">{mark.title}</span>
          )}
          {may && mark.source === "calendar_entries" && (
            <button
              type="button"
              aria-label={t("marks.remove", { title: mark.title })}
              className="rounded p-0.5 text-muted hover:text-down"
              onClick={() => remove.mutate(mark.id)}
            >
              <X className="size-3" aria-hidden />
            </button>
          )}
        </span>
      ))}
      {may && <AddMark artistId={artistId} day={to} />}
    </div>
  );
}
