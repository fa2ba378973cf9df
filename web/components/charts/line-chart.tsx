"use client";

import {
  CartesianGrid,
  Line,
  LineChart as Chart,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { compact, day, month, shortDay } from "@/lib/format";
import { ChartTooltip } from "./chart-tooltip";
import { flagOf, marksByDay } from "./marks";
import type { ChartLine, LineChartProps } from "./types";
import { t } from "@/components/messages";

const AXIS = { fontSize: 12, fill: "var(--muted)" };

/** Lines over days, broken at gaps, with what the calendar holds, and changes of definition. */
export default function LineChart({ title, days, lines, marks, breaks, gaps, unit, height }: LineChartProps) {
  const rows = days.map((on, at) => ({ on, ...Object.fromEntries(lines.map((line) => [line.id, line.values[at]])) }));
  const long = days.length > 200;
  const known = new Set(days);
  return (
    <ResponsiveContainer width="100%" height={height}>
      <Chart data={rows} title={title} margin={{ top: 18, right: 26, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="on"
          tickFormatter={long ? month : shortDay}
          tick={AXIS}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          minTickGap={48}
          tickMargin={8}
        />
        <YAxis
          tickFormatter={(value: number) => compact(value)}
          tick={AXIS}
          tickLine={false}
          axisLine={false}
          width={62}
          domain={["auto", "auto"]}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--field)", strokeDasharray: "2 2" }}
          content={({ active, label }) =>
            active && typeof label === "string" ? (
              <ChartTooltip on={label} at={days.indexOf(label)} lines={lines} marks={marks} unit={unit} />
            ) : null
          }
        />
        {gaps.map((gap) => (
          <ReferenceArea key={gap.from + gap.to} x1={gap.from} x2={gap.to} fill="var(--muted)" fillOpacity={0.07} />
        ))}
        {breaks
          .filter((each) => known.has(each.on))
          .map((each) => (
            <ReferenceLine
              key={`break-${each.on}`}
              x={each.on}
              stroke="var(--warn)"
              strokeWidth={1.5}
              label={{
                value: t("charts.counting"),
                // On the side that has room for it.
                position: days.indexOf(each.on) < days.length / 2 ? "insideTopLeft" : "insideTopRight",
                fontSize: 11,
                fill: "var(--warn)",
              }}
            />
          ))}
        {marksByDay(marks, known).map(([on, here]) => (
          <ReferenceLine
            key={`mark-${on}`}
            x={on}
            stroke="var(--muted)"
            strokeDasharray="3 3"
            label={<MarkFlag text={flagOf(here)} title={`${day(on)}: ${here.map((mark) => mark.title).join(", ")}`} />}
          />
        ))}
        {lines.map((line) => (
          <Line
            key={line.id}
            dataKey={line.id}
            name={line.name}
            type="linear"
            stroke={line.color}
            strokeWidth={line.width}
            strokeDasharray={line.dash}
            dot={(dot: { cx?: number; cy?: number; index?: number }) => (
              <LinePoint key={dot.index} {...dot} line={line} />
            )}
            activeDot={{ r: 4, stroke: "var(--panel)", strokeWidth: 2 }}
            connectNulls={false}
            isAnimationActive={false}
          />
        ))}
      </Chart>
    </ResponsiveContainer>
  );
}

type PointProps = { cx?: number; cy?: number; index?: number; line: ChartLine };

/** A day between two gaps is drawn as a point; the last one has the line's label beside it. */
function LinePoint({ cx, cy, index = 0, line: { values, color, label } }: PointProps) {
  if (cx == null || cy == null || values[index] == null) return <g />;
  const alone = values[index - 1] == null && values[index + 1] == null;
  const isLast = label !== undefined && values.slice(index + 1).every((value) => value == null);
  return (
    <g>
      {alone && <circle cx={cx} cy={cy} r={2.5} fill={color} />}
      {isLast && (
        <text x={cx + 5} y={cy + 4} fontSize={12} fontWeight={700} fill="var(--fg)">
          {label}
        </text>
      )}
    </g>
  );
}

function MarkFlag({ viewBox, text, title }: { viewBox?: { x: number; y: number }; text: string; title: string }) {
  if (!viewBox) return null;
  const width = 9 + 7 * text.length;
  return (
    <g transform={`translate(${viewBox.x}, ${viewBox.y - 9})`}>
      <title>{title}</title>
      <rect x={-width / 2} y={-8} width={width} height={16} rx={4} fill="var(--hover)" stroke="var(--field)" />
      <text textAnchor="middle" y={4} fontSize={10} fontWeight={600} fill="var(--fg)">
        {text}
      </text>
    </g>
  );
}
