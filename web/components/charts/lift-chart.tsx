"use client";

import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { compact, day, exact, shortDay, unitLabel } from "@/lib/format";
import { t } from "@/components/messages";

export type LiftPoint = {
  on: string;
  actual: number | null;
  expected: number;
  /** What would have been usual on the day, from and to; null outside the campaign. */
  band: [number, number] | null;
};

type Props = { title: string; points: LiftPoint[]; from: string; to: string; unit: string; color: string };

const AXIS = { fontSize: 12, fill: "var(--muted)" };

/** What was counted each day, and what would have been usual, with its range in the days of the campaign. */
export default function LiftChart({ title, points, from, to, unit, color }: Props) {
  const first = points.find((point) => point.on >= from)?.on;
  const last = points.findLast((point) => point.on <= to)?.on;
  return (
    <ResponsiveContainer width="100%" height={240}>
      <ComposedChart data={points} title={title} margin={{ top: 8, right: 16, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="on"
          tickFormatter={shortDay}
          tick={AXIS}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          minTickGap={40}
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
        {first && last && <ReferenceArea x1={first} x2={last} fill="var(--accent)" fillOpacity={0.07} />}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--field)", strokeDasharray: "2 2" }}
          content={({ active, payload }) => {
            const point = active ? (payload?.[0]?.payload as LiftPoint | undefined) : undefined;
            return point ? <PointNote point={point} unit={unit} /> : null;
          }}
        />
        <Area
          dataKey="band"
          type="linear"
          stroke="none"
          fill="var(--muted)"
          fillOpacity={0.25}
          isAnimationActive={false}
          activeDot={false}
        />
        <Line
          dataKey="expected"
          type="linear"
          stroke="var(--muted)"
          strokeWidth={1.5}
          strokeDasharray="4 3"
          dot={false}
          isAnimationActive={false}
        />
        <Line
          dataKey="actual"
          type="linear"
          stroke={color}
          strokeWidth={2}
          dot={false}
          connectNulls={false}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function PointNote({ point, unit }: { point: LiftPoint; unit: string }) {
  const usual = point.band ?? [point.expected, point.expected];
  return (
    <div className="rounded-lg border border-line bg-panel px-3 py-2 text-sm shadow-lift">
      <p className="mb-1 font-medium">{day(point.on)}</p>
      <p>
        {point.actual == null
          ? t("charts.noData")
          : t("charts.counted", { value: exact(Math.round(point.actual)), unit: unitLabel(point.actual, unit) })}
      </p>
      <p className="text-muted">
        {point.band
          ? t("charts.usual", { from: compact(usual[0]), to: compact(usual[1]) })
          : t("charts.comparison", { value: compact(point.expected) })}
      </p>
    </div>
  );
}
