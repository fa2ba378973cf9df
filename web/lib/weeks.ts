import { activeLanguage } from "./language/active";
import { DATE_LOCALES } from "./language/languages";
import { activeRegional } from "./regional";

// Days are ISO texts, "2026-10-31", and the same in each zone.

/** As getUTCDay() counts. */
const FIRST = { monday: 1, saturday: 6, sunday: 0 } as const;
const DAYS = 7;
const at = (iso: string) => new Date(`${iso}T00:00:00Z`);
const iso = (date: Date) => date.toISOString().slice(0, 10);
const firstWeekday = () => FIRST[activeRegional().week_start];

export function addDays(day: string, by: number): string {
  const date = at(day);
  date.setUTCDate(date.getUTCDate() + by);
  return iso(date);
}

/** The first day of the month that is `by` months from that of `day`. */
export function addMonths(day: string, by: number): string {
  const date = at(`${day.slice(0, 7)}-01`);
  date.setUTCMonth(date.getUTCMonth() + by);
  return iso(date);
}

/** The first day of the reader's week that `day` lies in. */
export function beginOfWeek(day: string): string {
  return addDays(day, -((at(day).getUTCDay() - firstWeekday() + DAYS) % DAYS));
}

/** The reader's weeks that hold the days of a month, each with its seven days. */
export function weeksOfMonth(day: string): string[][] {
  const end = addMonths(day, 1);
  const weeks: string[][] = [];
  for (let begin = beginOfWeek(addMonths(day, 0)); begin < end; begin = addDays(begin, DAYS)) {
    weeks.push(Array.from({ length: DAYS }, (_, by) => addDays(begin, by)));
  }
  return weeks;
}

/** How many days it is from `day` to the first day of the reader's next week. */
export function daysToNextWeek(day: string): number {
  return DAYS - ((at(day).getUTCDay() - firstWeekday() + DAYS) % DAYS);
}

/** The names of the days of the reader's week, from its first one on; `number`: 1 is Monday. */
export function weekdays(form: "long" | "short"): { number: number; name: string }[] {
  const format = new Intl.DateTimeFormat(DATE_LOCALES[activeLanguage()], { weekday: form, timeZone: "UTC" });
  return Array.from({ length: DAYS }, (_, by) => {
    const number = ((firstWeekday() + by + DAYS - 1) % DAYS) + 1;
    return { number, name: format.format(Date.UTC(2024, 0, number)) }; // 1 January 2024 was a Monday
  });
}
