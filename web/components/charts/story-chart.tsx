import type { StoryChart as Chart } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { compact, dayRange, shortDay } from "@/lib/format";
import { segments } from "./sparkline";
import { t } from "@/components/messages";

type Props = { chart: Chart; happenedOn: string; metric: string; direction: number; className?: string };

const WIDTH = 160;
const HEIGHT = 48;
const PAD = 4;
const DAY_MS = 86_400_000;

const dayAt = (from: string, days: number) => new Date(Date.parse(from) + days * DAY_MS).toISOString().slice(0, 10);

/** What happened: the series around the day of a story, with that day marked. */
export function StoryChart({ chart, happenedOn, metric, direction, className }: Props) {
  const { values, from, step_days } = chart;
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return null;
  const low = Math.min(...known);
  const high = Math.max(...known);
  const x = (at: number) => PAD + (at / Math.max(values.length - 1, 1)) * (WIDTH - 2 * PAD);
  const y = (value: number) => HEIGHT - PAD - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * PAD);
  const at = Math.round((Date.parse(happenedOn) - Date.parse(from)) / DAY_MS / step_days);
  const marked = values[at];
  const color = direction < 0 ? "var(--down)" : direction > 0 ? "var(--up)" : "var(--muted)";
  const name = chart.of_gains ? t("charts.gained", { metric }) : metric;
  const range = dayRange(from, dayAt(from, (values.length - 1) * step_days));
  const shown = { name, range, low: compact(low), high: compact(high) };
  const label =
    marked == null
      ? t("charts.story", shown)
      : t("charts.storyMarked", { ...shown, value: compact(marked), day: shortDay(happenedOn) });
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      className={cn("block h-12 w-40 overflow-visible", className)}
    >
      {at >= 0 && at < values.length && (
        <line
          x1={x(at)}
          x2={x(at)}
          y1={0}
          y2={HEIGHT}
          stroke={color}
          strokeDasharray="2 3"
          opacity={0.6}
          vectorEffect="non-scaling-stroke"
        />
      )}
      {segments(values).map((part) => (
        <polyline
          key={part[0]!.at}
          points={part.map(({ at: place, value }) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}
          fill="none"
          stroke="var(--accent)"
          strokeWidth={1.5}
          strokeLinejoin="round"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {marked != null && (
        <line
          x1={x(at)}
          x2={x(at)}
          y1={y(marked)}
          y2={y(marked)}
          stroke={color}
          strokeWidth={7}
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}
