import type { CalendarItem, ComparedColumn, ComparedFigure, ComparedMetric, RosterRank } from "@/lib/api/types";
import { dayRange, plural } from "@/lib/format";

// Every sentence of the comparison stands here.

export const WORDS = {
  title: "Compare",
  lead: "Two to six artists or songs side by side: the same days, one meaning a column.",
  subjects: "Compared",
  addArtist: "Add an artist",
  addSong: "Add a song",
  findSong: "Find a song by its title",
  noSong: (q: string) => `No song is called “${q}”.`,
  remove: (name: string) => `Remove ${name} from the comparison`,
  full: "Six are compared at most.",
  nothing: "Nothing to compare yet",
  nothingHint: "Add two artists, or choose rows of the roster and press Compare.",
  one: "Add one more to compare it with.",
  noNumbers: "No numbers yet",
  noNumbersHint: "They come with a sync of an account or an import of files.",
  what: "The comparison",
  metric: "Number to compare",
  optionOf: (option: ComparedMetric, count: number) =>
    `${option.name} on ${option.provider_name}${option.subjects < count ? ` (${option.subjects} of ${count})` : ""}`,
  notStored: "None of them has the number of this address; another one is shown.",
  before: "The days before, dashed",
  scale: "Scale",
  mark: ({ artists, title }: CalendarItem) => [artists.map(({ name }) => name).join(", "), title].join(": "),
  values: "Values",
  index: "Index",
  indexTitle: "Each line’s first 7 days = 100 on average",
  period: "Period",
  chart: "Day by day",
  table: "In numbers",
  tableRegion: "The comparison as a table",
  tableNote: "Each column means one thing, over the same days for all. Choose a heading to draw it.",
  csv: "CSV",
  csvDays: "Daily values, ISO days",
  csvTable: "The table, exact values",
  copy: "Copy link",
  copied: "The link is copied",
  notCopied: "The link is in the address bar; this browser lets no page copy it.",
  asTable: "View as table",
  asChart: "View as chart",
  beforeName: (name: string, days: number) => `${name}, ${days} days before`,
  noLine: (name: string) => `${name} has no such number.`,
  missing: "no number",
  level: (value: string, unit: string) => `of ${value} ${unit} in all`,
  rank: ({ rank, of, percentile }: RosterRank) =>
    `${rank}. of ${of} on the roster${percentile === null ? "" : `, above ${percentile}% of them`}`,
  changeRank: ({ rank, of }: RosterRank) => `${rank}. of ${of} by change`,
  draw: (column: ComparedMetric) => `Draw ${column.name.toLowerCase()} on ${column.provider_name}`,
  indexCut: (name: string) => `${name}: the index begins after the change of definition.`,
} as const;

/** What the number of a column is: "streams, in 28 days". */
export function meaningOf(column: ComparedColumn): string {
  const days = column.period.days;
  const basis = {
    sum: `sum of ${plural(days, "day")}`,
    gain: `gained in ${plural(days, "day")}`,
    last: "latest",
    mean: `daily average of ${plural(days, "day")}`,
    day: "one day",
  }[column.basis];
  return `${column.unit}, ${basis}`;
}

/** The days of a column, and from when the numbers are where they are older. */
export function periodOf(column: ComparedColumn): string {
  return dayRange(column.period.from, column.period.to);
}

/** The unit of a day in the chart: of a running total what the day gained. */
export function dayUnit(column: ComparedColumn): string {
  return column.basis === "gain" ? `${column.unit} gained` : column.unit;
}

export function isOlder(figure: ComparedFigure, column: ComparedColumn): boolean {
  return figure.as_of !== null && figure.as_of < column.period.to;
}
