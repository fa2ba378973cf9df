"use client";

import { X } from "lucide-react";
import { Link } from "@/components/link";
import { Badge } from "@/components/ui/badge";
import { Select } from "@/components/ui/field";
import type { CalendarItem } from "@/lib/api/types";
import { day, dayRange } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { STATUSES } from "./kinds";
import { t } from "./messages";
import { useRemoveEntry, useSetStatus, type PitchStatus } from "./queries";

/** One thing of the calendar: when, what, of whom, and where to read more. */
export function CalendarRow({ item, today }: { item: CalendarItem; today: string }) {
  const { can } = useSession();
  const remove = useRemoveEntry();
  const setStatus = useSetStatus();
  const entered = item.source === "calendar_entries" && can("roster:write");
  const late = item.status === "open" && item.deadline_on !== null && item.deadline_on < today;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
      <span className="w-48 shrink-0 text-muted">
        {item.starts_on === item.ends_on ? day(item.starts_on) : dayRange(item.starts_on, item.ends_on)}
      </span>
      <span className="w-32 shrink-0">
        <Badge>{t(`kinds.${item.kind}`)}</Badge>
      </span>
      <span className="min-w-40 flex-1">
        <ItemTitle item={item} />
        <span className="block text-xs text-muted">
          {[
            item.artists.map((artist) => artist.name).join(", ") || t("row.wholeLabel"),
            item.provider && providerName(item.provider as Parameters<typeof providerName>[0]),
            item.owner && t("row.owner", { name: item.owner.name || t("row.noName") }),
            item.deadline_on && item.deadline_on !== item.starts_on && t("row.due", { day: day(item.deadline_on) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
      {late && <Badge tone="bad">{t("row.overdue")}</Badge>}
      {item.status && !entered && <Badge>{t(`statuses.${item.status}`)}</Badge>}
      {item.status && entered && (
        <Select
          aria-label={t("row.status", { title: item.title })}
          className="h-8 w-28 text-sm"
          value={item.status}
          onChange={(event) => setStatus.mutate({ id: item.id, status: event.target.value as PitchStatus })}
        >
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`statuses.${status}`)}
            </option>
          ))}
        </Select>
      )}
      {entered && (
        <button
          type="button"
          aria-label={t("row.remove", { title: item.title })}
          className="rounded p-1 text-muted hover:text-down"
          onClick={() => remove.mutate(item.id)}
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
    </li>
  );
}

/** What an item is called, as a link to where more of it is. */
export function ItemTitle({ item }: { item: CalendarItem }) {
  if (item.source === "campaigns" || item.source === "releases") {
    const page = item.source === "campaigns" ? "campaigns" : "release";
    return (
      <Link href={`/${page}/?id=${item.id}`} className="font-medium hover:text-accent">
        {item.title}
      </Link>
    );
  }
  if (!item.url) return <span className="font-medium">{item.title}</span>;
  return (
    <a href={item.url} target="_blank" rel="noreferrer" className="font-medium hover:text-accent">
      {item.title}
    </a>
  );
}
