"use client";

import { useState } from "react";
import type { CalendarItem } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { day as dayText } from "@/lib/format";
import { weekdays, weeksOfMonth } from "@/lib/weeks";
import { ItemTitle } from "./calendar-row";
import { t } from "./messages";

const SHOWN = 3;

/** On which days an item stands: those of its run, and of its deadline. */
const isOn = (item: CalendarItem, day: string) =>
  (item.starts_on <= day && day <= item.ends_on) || item.deadline_on === day;

type Props = { month: string; today: string; items: CalendarItem[] };

/** The weeks of a month, which begin as the reader's do, with what lies on each day. */
export function CalendarGrid({ month, today, items }: Props) {
  return (
    <table className="w-full table-fixed border-t border-line text-sm">
      <thead>
        <tr>
          {weekdays("short").map(({ number, name }) => (
            <th key={number} scope="col" className="px-2 py-1.5 text-left text-xs font-semibold text-muted">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOfMonth(month).map((week) => (
          <tr key={week[0]}>
            {week.map((day) => (
              <td
                key={day}
                className={cn(
                  "h-24 border-t border-line p-1.5 align-top not-first:border-l",
                  day.slice(0, 7) !== month.slice(0, 7) && "bg-hover/50",
                )}
              >
                <time
                  dateTime={day}
                  aria-label={dayText(day)}
                  aria-current={day === today ? "date" : undefined}
                  className={cn(
                    "grid size-6 place-items-center rounded-full text-xs text-muted tabular-nums",
                    day === today && "bg-accent font-semibold text-on-accent",
                  )}
                >
                  {Number(day.slice(8))}
                </time>
                <DayItems items={items.filter((item) => isOn(item, day))} day={day} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayItems({ items, day }: { items: CalendarItem[]; day: string }) {
  const [all, setAll] = useState(false);
  const shown = all || items.length <= SHOWN + 1 ? items : items.slice(0, SHOWN);
  if (items.length === 0) return null;
  return (
    <ul className="mt-1 grid gap-1">
      {shown.map((item) => (
        <li
          key={item.source + item.id}
          title={`${t(`kinds.${item.kind}`)}: ${item.title}`}
          className={cn(
            "truncate rounded bg-accent-soft px-1.5 py-0.5 text-xs",
            item.starts_on !== day && item.deadline_on !== day && "bg-hover text-muted",
          )}
        >
          <span className="sr-only">{t(`kinds.${item.kind}`)} </span>
          <ItemTitle item={item} />
        </li>
      ))}
      {shown.length < items.length && (
        <li>
          <button type="button" className="px-1.5 text-xs text-muted hover:text-fg" onClick={() => setAll(true)}>
            {t("moreOfDay", { count: items.length - shown.length })}
          </button>
        </li>
      )}
    </ul>
  );
}
