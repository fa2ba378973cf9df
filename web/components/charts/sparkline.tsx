import { cn } from "@/lib/class-names";

type Props = { values: (number | null)[]; color?: string; className?: string };

const WIDTH = 120;
const HEIGHT = 32;
const PAD = 2;

/** Split at gaps, so that a missing day breaks the line. */
export function segments(values: (number | null)[]): { at: number; value: number }[][] {
  const parts: { at: number; value: number }[][] = [[]];
  values.forEach((value, at) => {
    if (value === null) {
      if (parts.at(-1)!.length) parts.push([]);
    } else parts.at(-1)!.push({ at, value });
  });
  return parts.filter((part) => part.length > 0);
}

/** A line without axes: the numbers are in the tile. */
export function Sparkline({ values, color = "var(--accent)", className }: Props) {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return <div className={cn("h-8", className)} />;
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const x = (at: number) => PAD + (at / Math.max(values.length - 1, 1)) * (WIDTH - 2 * PAD);
  const y = (value: number) => HEIGHT - PAD - ((value - low) / span) * (HEIGHT - 2 * PAD);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={cn("block h-8 w-full overflow-visible", className)}
      aria-hidden
    >
      {segments(values).map((part) => {
        const line = part.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
        const base = `${x(part.at(-1)!.at).toFixed(1)},${HEIGHT} ${x(part[0]!.at).toFixed(1)},${HEIGHT}`;
        return (
          <g key={part[0]!.at}>
            <polygon points={`${line} ${base}`} fill={color} opacity={0.08} />
            <polyline
              points={line}
              fill="none"
              stroke={color}
              strokeWidth={1.5}
              strokeLinejoin="round"
              strokeLinecap="round"
              vectorEffect="non-scaling-stroke"
            />
          </g>
        );
      })}
    </svg>
  );
}
