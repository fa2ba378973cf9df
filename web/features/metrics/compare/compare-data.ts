import type { ChartLine } from "@/components/charts/types";
import type { Comparison } from "@/lib/api/types";
import { toCsv } from "@/lib/csv";
import { t } from "./messages";
import { dayUnit } from "./words";

type Lines = Comparison["lines"];

/** Colour and letter of each line: the letter stands at its end, so that lines can be told apart without colour. */
const COLOURS = ["--spotify", "--youtube", "--soundcloud", "--instagram", "--warn", "--own-source"];
export const colourOf = (at: number) => `var(${COLOURS[at % COLOURS.length]})`;
export const symbolOf = (at: number) => String.fromCharCode(65 + at);

const BASE_DAYS = 7;

/** What is 100: the mean of the first seven days with a value since the last change of definition. */
export function indexBase(points: Lines[number]["points"], brokenOn: string | undefined): number | null {
  const known = points.filter((point) => point.value !== null && (!brokenOn || point.on >= brokenOn));
  const first = known.slice(0, BASE_DAYS).map((point) => point.value!);
  const mean = first.reduce((sum, value) => sum + value, 0) / Math.max(first.length, 1);
  return mean > 0 ? mean : null;
}

/** The last change of definition in the days from `from` on, of all figures: they share platform and metric. */
export function lastBreak(comparison: Comparison, from: string): string | undefined {
  const breaks = comparison.columns[0]?.figures.flatMap((figure) => figure.breaks) ?? [];
  return breaks
    .map((each) => each.on)
    .filter((on) => on > from)
    .sort()
    .at(-1);
}

/** The lines of the chart. The days before are drawn dashed under the days of the period. */
export function toLines(
  comparison: Comparison,
  { indexed, before }: { indexed: boolean; before: boolean },
): ChartLine[] {
  const column = comparison.columns[0];
  if (!column) return [];
  const brokenOn = lastBreak(comparison, column.period.from);
  const brokeBefore = lastBreak(comparison, column.previous_period.from);
  return comparison.subjects.flatMap((subject, at) => {
    const line = comparison.lines.find((each) => each.subject_id === subject.id);
    if (!line || ![...line.points, ...line.previous].some((point) => point.value !== null)) return [];
    const base = indexBase(line.points, brokenOn);
    const scaled = (points: Lines[number]["points"], cut: string | undefined) =>
      points.map(({ on, value }) => {
        if (!indexed || value === null) return value;
        return base === null || (cut && on < cut) ? null : (value / base) * 100;
      });
    const style = { color: colourOf(at), unit: dayUnit(column) };
    const reasons = line.points.map(() => t("chart.noData"));
    const now: ChartLine = {
      ...style,
      id: subject.id,
      name: subject.name,
      dash: "",
      width: 2,
      values: scaled(line.points, brokenOn),
      exact: line.points.map((point) => point.value),
      reasons,
      label: symbolOf(at),
    };
    if (!before) return [now];
    const earlier: ChartLine = {
      ...style,
      id: `${subject.id} before`,
      name: t("chart.lineBefore", { name: subject.name, days: column.period.days }),
      dash: "4 4",
      width: 1.25,
      values: scaled(line.previous, brokeBefore),
      exact: line.previous.map((point) => point.value),
      reasons,
      label: symbolOf(at).toLowerCase(),
    };
    return [now, earlier];
  });
}

/** The daily values of the chosen column: one row a day, and each day before beside it. */
export function daysCsv(comparison: Comparison): string {
  const column = comparison.columns[0]!;
  const unit = `${column.provider} ${column.metric} (${column.unit}${column.basis === "gain" ? " gained" : ""})`;
  const lines = comparison.subjects.map((subject) => ({
    name: subject.name,
    line: comparison.lines.find((each) => each.subject_id === subject.id),
  }));
  const first = lines.find((each) => each.line)?.line;
  const head = ["day", ...lines.map(({ name }) => `${name}: ${unit}`), "day_before"];
  const rows = (first?.points ?? []).map((point, at) => [
    point.on,
    ...lines.map(({ line }) => line?.points[at]?.value),
    first!.previous[at]!.on,
    ...lines.map(({ line }) => line?.previous[at]?.value),
  ]);
  return toCsv([[...head, ...lines.map(({ name }) => `${name} before`)], ...rows]);
}

/** The table, one row a number. */
export function figuresCsv(comparison: Comparison): string {
  const head = ["name", "id", "platform", "metric", "unit", "basis", "from", "to", "value", "previous"];
  const rows = comparison.columns.flatMap((column) =>
    column.figures.map((figure) => [
      comparison.subjects.find((subject) => subject.id === figure.subject_id)?.name,
      figure.subject_id,
      column.provider,
      column.metric,
      column.unit,
      column.basis,
      column.period.from,
      column.period.to,
      figure.value,
      figure.previous,
      figure.change_percent,
      figure.change_note,
      figure.as_of,
      figure.source.join(" "),
    ]),
  );
  return toCsv([[...head, "change_percent", "change_note", "as_of", "source"], ...rows]);
}
