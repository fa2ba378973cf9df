import { now as clockNow } from "./clock";
import { activeLanguage } from "./language/active";
import { DATE_LOCALES, NUMBER_LOCALES, type Language } from "./language/languages";
import { t } from "./messages";
import { activeRegional, writeNumber as write } from "./regional";

// Formatting of numbers and dates. The server sends integers and ISO strings; only this file formats them.

function formats(language: Language, timeZone: string) {
  const numbers = NUMBER_LOCALES[language];
  const dates = DATE_LOCALES[language];
  const day = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  return {
    compact: new Intl.NumberFormat(numbers, { notation: "compact", maximumFractionDigits: 1 }),
    exact: new Intl.NumberFormat(numbers, { maximumFractionDigits: 2 }),
    tenths: new Intl.NumberFormat(numbers, { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false }),
    days: new Intl.DateTimeFormat(dates, { ...day, year: "numeric" }),
    daysOfMoments: new Intl.DateTimeFormat(dates, { ...day, year: "numeric", timeZone }),
    shortDays: new Intl.DateTimeFormat(dates, day),
    months: new Intl.DateTimeFormat(dates, { month: "short", year: "numeric", timeZone: "UTC" }),
    moments: new Intl.DateTimeFormat(dates, {
      ...{ ...day, year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      timeZone,
    }),
    zone: new Intl.DateTimeFormat(dates, { timeZone, timeZoneName: "short" }),
    relative: new Intl.RelativeTimeFormat(dates, { numeric: "always", style: "long" }),
  };
}

const made = new Map<string, ReturnType<typeof formats>>();

/** The formats of the language in which the page is written, and of the reader's time zone. */
function inLanguage(): ReturnType<typeof formats> {
  const language = activeLanguage();
  const { time_zone } = activeRegional();
  const found = made.get(language + time_zone) ?? formats(language, time_zone);
  made.set(language + time_zone, found);
  return found;
}

/** The sign stands after the number, with a space where the language writes one. */
const PERCENT: Record<Language, string> = { en: "%", de: "\u00a0%", es: "\u00a0%", fr: "\u00a0%", pt: "%" };

/** No value. Never 0. */
export const NONE = "–";
const MINUS = "−";

/** 1234567 → "1.2M". Small numbers stay whole. */
export function compact(value: number | null | undefined): string {
  if (value == null) return NONE;
  const format = Math.abs(value) < 10_000 ? inLanguage().exact : inLanguage().compact;
  return write(format, roundSmall(value)).replace("-", MINUS);
}

/** 1234567 → "1,234,567". */
export function exact(value: number | null | undefined): string {
  return value == null ? NONE : write(inLanguage().exact, value).replace("-", MINUS);
}

function roundSmall(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
}

/** A number with a fixed count of decimals: (3.14159, 2) → "3.14". */
export function fixed(value: number, decimals: number): string {
  const locale = NUMBER_LOCALES[activeLanguage()];
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return write(format, value).replace("-", MINUS);
}

const tenths = (value: number): string => write(inLanguage().tenths, value);
const percentSign = (): string => PERCENT[activeLanguage()];

/** 3.14159 → "3.1%". */
export function percent(value: number | null | undefined): string {
  return value == null ? NONE : `${tenths(value)}${percentSign()}`.replace("-", MINUS);
}

/** A share as a whole percentage: 0.873 → "87%". */
export function wholePercent(share: number): string {
  return `${exact(Math.round(share * 100))}${percentSign()}`;
}

/** A change with its sign, except at zero: 9.13 → "+9.1%". */
export function signedPercent(value: number | null | undefined): string {
  if (value == null) return NONE;
  const shown = `${tenths(Math.abs(value))}${percentSign()}`;
  if (Math.abs(value) < 0.05) return shown;
  return `${value > 0 ? "+" : MINUS}${shown}`;
}

/** -12 → "−12", 1200 → "+1,200". */
export function signed(value: number | null | undefined): string {
  if (value == null) return NONE;
  if (value === 0) return "0";
  return `${value > 0 ? "+" : MINUS}${compact(Math.abs(value))}`;
}

const UNITS = ["streams", "plays", "views", "people", "hours", "seconds", "days"] as const;

/** The unit after a number: (1, "streams") → "stream"; (2, "percent") → "%". */
export function unitLabel(value: number | null | undefined, unit: string): string {
  if (unit === "percent") return "%";
  if (unit === "count") return "";
  const known = UNITS.find((each) => each === unit);
  if (known) return t(`units.${known}`, { count: value ?? 2 });
  return value === 1 ? unit.replace(/s$/, "") : unit; // of an org's own metric: its own words
}

/** A unit by itself, as in the heading of a column: "streams". An org's own has its own words. */
export function unitName(unit: string): string {
  const known = [...UNITS, "percent" as const].find((each) => each === unit);
  return known ? t(`units.${known}`, { count: 2 }) : unit;
}

/** The unit beside a number as it is shown in a text: nothing where the number carries its sign, as in "5.8%". */
export function unitSuffix(value: number | null | undefined, unit: string): string {
  return ["percent", "times", "USD", "rank"].includes(unit) ? "" : unitLabel(value, unit);
}

/** "2026-10-31" → "31 Oct 2026". */
export function day(iso: string | null | undefined): string {
  if (!iso) return NONE;
  // A day is the same everywhere; the day of a moment is that of the reader's zone.
  return iso.length === 10
    ? inLanguage().days.format(new Date(`${iso}T00:00:00Z`))
    : inLanguage().daysOfMoments.format(new Date(iso));
}

/** "2026-10-31" → "31 Oct". */
export function shortDay(iso: string): string {
  return inLanguage().shortDays.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
}

/** "2026-10-31" → "Oct 2026". */
export function month(iso: string): string {
  return inLanguage().months.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
}

/** ("2026-10-04", "2026-10-31") → "4 Oct – 31 Oct 2026". */
export function dayRange(from: string, to: string): string {
  if (from === to) return day(from);
  return `${from.slice(0, 4) === to.slice(0, 4) ? shortDay(from) : day(from)} – ${day(to)}`;
}

/** "2026-10-31T06:00:00Z" → "31 Oct 2026, 06:00 UTC", in the reader's time zone. */
export function moment(iso: string | null | undefined): string {
  if (!iso) return NONE;
  const at = new Date(iso);
  const zone = inLanguage()
    .zone.formatToParts(at)
    .find((part) => part.type === "timeZoneName");
  return `${inLanguage().moments.format(at)} ${zone?.value ?? "UTC"}`;
}

const DAY = 86_400;
/** From how many seconds on, in units of how many seconds. A consent that ends in 52 days is counted in days. */
const STEPS: [number, number, Intl.RelativeTimeFormatUnit][] = [
  [60, 60, "minute"],
  [3600, 3600, "hour"],
  [2 * DAY, DAY, "day"],
];
/** From how many calendar months on the distance is given in months, and in years. */
const MONTHS_FROM = 3;
const YEARS_FROM = 24;

/** How long ago, or until: "3 hours ago", "in 12 days", "4 months ago". Under a minute: t("ago.now"). */
export function ago(iso: string | null | undefined, now: number = clockNow()): string {
  if (!iso) return t("ago.never");
  const then = new Date(iso).getTime();
  const seconds = (then - now) / 1000;
  if (Math.abs(seconds) < 60) return seconds > 0 ? t("ago.soon") : t("ago.now");
  const months = Math.sign(seconds) * calendarMonths(Math.min(then, now), Math.max(then, now));
  if (Math.abs(months) >= YEARS_FROM) return inLanguage().relative.format(Math.trunc(months / 12), "year");
  if (Math.abs(months) >= MONTHS_FROM) return inLanguage().relative.format(months, "month");
  const [, size, unit] = STEPS.findLast(([from]) => Math.abs(seconds) >= from) ?? STEPS[0]!;
  return inLanguage().relative.format(Math.trunc(seconds / size), unit);
}

/** Whole months of the UTC calendar between two instants: from 31 January to 28 February is one. */
function calendarMonths(from: number, to: number): number {
  const start = new Date(from);
  const end = new Date(to);
  const months = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth();
  return addMonths(start, months) > to ? months - 1 : months;
}

/** The same time `months` later; the last day of a month that is too short for the day. */
function addMonths(date: Date, months: number): number {
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate();
  const moved = new Date(date);
  moved.setUTCDate(1);
  moved.setUTCMonth(date.getUTCMonth() + months);
  moved.setUTCDate(Math.min(date.getUTCDate(), lastDay));
  return moved.getTime();
}

/** How many digits a currency has after the point: the euro 2, the yen none. */
function digits(currency: string): number {
  return new Intl.NumberFormat("en-US", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Money as typed to minor units: (12.5, "EUR") → 1250, (1200, "JPY") → 1200. */
export function minorUnits(amount: number, currency: string): number {
  return Math.round(amount * 10 ** digits(currency));
}

/** Minor units as a person types them: (1250, "EUR") → "12.5", (1200, "JPY") → "1200". */
export function majorUnits(minor: number | null | undefined, currency: string): string {
  return minor == null ? "" : String(minor / 10 ** digits(currency));
}

/** Minor units to money: (123456, "EUR") → "€1,234.56". */
export function money(minor: number | null | undefined, currency: string | null | undefined): string {
  if (minor == null || !currency) return NONE;
  const format = new Intl.NumberFormat(NUMBER_LOCALES[activeLanguage()], { style: "currency", currency });
  return write(format, minor / 10 ** digits(currency));
}

/** A whole amount as reports state it: (12.5, "EUR") → "€12.50". */
export function currencyAmount(amount: number, currency: string): string {
  const format = new Intl.NumberFormat(NUMBER_LOCALES[activeLanguage()], { style: "currency", currency });
  return write(format, amount).replace("-", MINUS);
}

/** "DE" → "Germany". */
export function countryName(code: string): string {
  return new Intl.DisplayNames(activeLanguage(), { type: "region" }).of(code) ?? code;
}

/** 1536 → "1.5 KB", 5 * 1024 ** 3 → "5 GB". */
export function fileSize(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${write(inLanguage().exact, Number((bytes / 1024 ** power).toFixed(1)))} ${units[power]}`;
}

/** (2, "row") → "2 rows". */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${exact(count)} ${count === 1 ? one : many}`;
}
