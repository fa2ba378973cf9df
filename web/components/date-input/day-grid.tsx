"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { t } from "./messages";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/class-names";
import { now } from "@/lib/clock";
import { day as dayText, month } from "@/lib/format";
import { addDays, addMonths, beginOfWeek, weekdays, weeksOfMonth } from "@/lib/weeks";

const STEPS: Record<string, (day: string) => string> = {
  ArrowLeft: (day) => addDays(day, -1),
  ArrowRight: (day) => addDays(day, 1),
  ArrowUp: (day) => addDays(day, -7),
  ArrowDown: (day) => addDays(day, 7),
  Home: (day) => beginOfWeek(day),
  End: (day) => addDays(beginOfWeek(day), 6),
  PageUp: (day) => addMonths(day, -1),
  PageDown: (day) => addMonths(day, 1),
};

type Props = { value: string; min?: string; max?: string; onChoose: (day: string) => void };

/** One month to choose a day from: its weeks begin as the reader's do. Arrows, Home, End and Page keys move. */
export function DayGrid({ value, min = "", max = "9999", onChoose }: Props) {
  const today = new Date(now()).toISOString().slice(0, 10);
  const [current, setCurrent] = useState(value || today);
  const grid = useRef<HTMLTableElement>(null);
  const moved = useRef(true); // the grid takes the focus when it opens
  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
    moved.current = false;
  }, [current]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation(); // arrows change the period of some pages
    moved.current = true;
    setCurrent(step);
  };
  return (
    <div className="grid gap-2">
      <div className="flex items-center justify-between">
        <Button variant="ghost" aria-label={t("previous")} onClick={() => setCurrent(addMonths(current, -1))}>
          <ChevronLeft aria-hidden />
        </Button>
        <span className="text-sm font-medium" aria-live="polite">
          {month(current)}
        </span>
        <Button variant="ghost" aria-label={t("next")} onClick={() => setCurrent(addMonths(current, 1))}>
          <ChevronRight aria-hidden />
        </Button>
      </div>
      <table ref={grid} className="text-sm tabular-nums">
        <thead>
          <tr>
            {weekdays("short").map(({ number, name }) => (
              <th key={number} scope="col" className="size-9 text-xs font-normal text-muted">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOfMonth(current).map((week) => (
            <tr key={week[0]}>
              {week.map((each) => (
                <td key={each} className="p-0">
                  <button
                    type="button"
                    aria-label={dayText(each)}
                    aria-pressed={each === value}
                    aria-current={each === today ? "date" : undefined}
                    tabIndex={each === current ? 0 : -1}
                    disabled={each < min || each > max}
                    onClick={() => onChoose(each)}
                    onKeyDown={onKeyDown}
                    className={cn(
                      "size-9 rounded-md hover:bg-hover disabled:opacity-40",
                      each.slice(0, 7) !== current.slice(0, 7) && "text-muted",
                      each === today && "font-semibold text-accent",
                      each === value && "bg-accent text-on-accent hover:bg-accent",
                    )}
                  >
                    {Number(each.slice(8))}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
