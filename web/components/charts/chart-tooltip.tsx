import { day, exact, unitLabel } from "@/lib/format";
import type { ChartLine, ChartMark } from "./types";
import { t } from "@/components/messages";

type Props = { on: string; at: number; lines: ChartLine[]; marks: ChartMark[]; unit: string };

/** The exact figures of one day, with the reason where there is none. */
export function ChartTooltip({ on, at, lines, marks, unit }: Props) {
  const here = marks.filter((mark) => mark.on === on);
  return (
    <div className="min-w-48 rounded-lg border border-line bg-panel px-3 py-2 text-sm shadow-lift">
      <p className="mb-1.5 font-medium">{day(on)}</p>
      <table className="w-full">
        <tbody>
          {lines.map((line) => {
            const value = line.exact[at];
            return (
              <tr key={line.id}>
                <td className="pr-3 whitespace-nowrap">
                  <svg viewBox="0 0 18 4" className="mr-2 mb-0.5 inline h-1 w-4.5" aria-hidden>
                    <line
                      x1="0"
                      x2="18"
                      y1="2"
                      y2="2"
                      stroke={line.color}
                      strokeWidth="2.5"
                      strokeDasharray={line.dash}
                    />
                  </svg>
                  {line.name}
                </td>
                <td className="num text-right font-medium whitespace-nowrap">
                  {exact(value)}{" "}
                  <span className="font-normal text-muted">
                    {value == null ? line.reasons[at] : unitLabel(value, line.unit)}
                  </span>
                  {unit === "index" && line.values[at] != null && (
                    <span className="text-muted"> · {exact(Math.round(line.values[at]!))}</span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {here.map((mark) => (
        <p key={mark.id} className="mt-1.5 border-t border-line pt-1.5 text-xs">
          <span className="text-muted capitalize">{markName(mark.kind)}:</span> {mark.title}
        </p>
      ))}
    </div>
  );
}

const MARKS = ["release", "campaign", "post", "show", "pitch", "playlist", "press", "note", "definition"] as const;

function markName(kind: string): string {
  const known = MARKS.find((each) => each === kind);
  return known ? t(`charts.marks.${known}`) : kind;
}
