"use client";

import { CartesianGrid, Line, LineChart as Chart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { compact, exact } from "@/lib/format";
import { t } from "@/components/messages";

export type AgeLine = {
  id: string;
  name: string;
  color: string;
  dash: string;
  width: number;
  values: (number | null)[];
};

type Props = { title: string; lines: AgeLine[]; ticks: number[]; unit: string };

const AXIS = { fontSize: 12, fill: "var(--muted)" };

/** Lines over the days since a release, so that all begin at the same place. */
export default function AgeChart({ title, lines, ticks, unit }: Props) {
  const days = Math.max(...lines.map((line) => line.values.length));
  const rows = Array.from({ length: days }, (_, at) => ({
    age: at + 1,
    ...Object.fromEntries(lines.map((line) => [line.id, line.values[at]])),
  }));
  return (
    <ResponsiveContainer width="100%" height={240}>
      <Chart data={rows} title={title} margin={{ top: 8, right: 16, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="age"
          type="number"
          domain={[1, days]}
          ticks={ticks}
          tick={AXIS}
          tickFormatter={(age: number) => t("charts.dayOfAge", { age })}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          tickMargin={8}
        />
        <YAxis
          tickFormatter={(value: number) => compact(value)}
          tick={AXIS}
          tickLine={false}
          axisLine={false}
          width={62}
          domain={[0, "auto"]}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--field)", strokeDasharray: "2 2" }}
          content={({ active, label }) =>
            active && typeof label === "number" ? (
              <div className="rounded-lg border border-line bg-panel px-3 py-2 text-sm shadow-lift">
                <p className="mb-1 font-medium">{t("charts.after", { count: label })}</p>
                {lines.map((line) => (
                  <p key={line.id}>
                    {line.name}:{" "}
                    <span className="num font-medium">
                      {line.values[label - 1] == null
                        ? t("charts.noNumber")
                        : `${exact(line.values[label - 1])} ${unit}`}
                    </span>
                  </p>
                ))}
              </div>
            ) : null
          }
        />
        {lines.map((line) => (
          <Line
            key={line.id}
            dataKey={line.id}
            name={line.name}
            type="linear"
            stroke={line.color}
            strokeWidth={line.width}
            strokeDasharray={line.dash}
            dot={false}
            connectNulls={false}
            isAnimationActive={false}
          />
        ))}
      </Chart>
    </ResponsiveContainer>
  );
}
