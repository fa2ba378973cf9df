import type { ChartMark } from "./types";

/** What moves numbers most comes first: it names the flag of a day with several marks. */
const KINDS = ["definition", "release", "campaign", "show", "playlist", "press", "pitch", "post", "note"];
const rankOf = (mark: ChartMark) => (KINDS.includes(mark.kind) ? KINDS.indexOf(mark.kind) : KINDS.length);

/** The marks of each day that the axis has: one flag a day, since flags of one day would cover each other. */
export function marksByDay(marks: ChartMark[], days: ReadonlySet<string>): [string, ChartMark[]][] {
  const shown = marks.filter((mark) => days.has(mark.on));
  const on = [...new Set(shown.map((mark) => mark.on))].sort();
  return on.map((each) => [each, shown.filter((mark) => mark.on === each).toSorted((a, b) => rankOf(a) - rankOf(b))]);
}

/** The initial of the first mark's kind, and how many more there are. */
export function flagOf(marks: ChartMark[]): string {
  const initial = marks[0]!.kind.charAt(0).toUpperCase();
  return marks.length > 1 ? `${initial}+${marks.length - 1}` : initial;
}
