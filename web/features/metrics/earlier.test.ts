import assert from "node:assert/strict";
import { test } from "vitest";
import type { MetricEntry, Series } from "@/lib/api/types";
import { dayBefore, daysBack, earlierLines } from "./earlier";

const series = (first: string, values: (number | null)[], more: object = {}) =>
  ({
    series_id: "series-1",
    provider: "spotify",
    metric: "consumption.streams",
    name: "Streams",
    unit: "streams",
    interval_days: 1,
    breaks: [],
    points: values.map((value, at) => ({ on: dayBefore(first, -at), value })),
    ...more,
  }) as unknown as Series;

const NOW = series("2026-11-03", [50, 60]);
const SHOWN = {
  series: [NOW],
  days: ["2026-11-03", "2026-11-04"],
  indexed: false,
  from: "2026-11-03",
  to: "2026-11-04",
};

test("a year before has the same weekdays", () => {
  const on = dayBefore("2026-11-06", daysBack("year", 28));
  assert.equal(new Date(on).getUTCDay(), new Date("2026-11-06").getUTCDay());
  assert.equal(dayBefore("2026-11-30", daysBack("previous", 28)), "2026-11-02");
});

test("the days before lie under those of the chart, on the same index", () => {
  const before = [series("2026-11-01", [25, null])];
  assert.deepEqual(earlierLines(SHOWN, before, 2, []).lines[0]!.values, [25, null]);
  const { lines } = earlierLines({ ...SHOWN, indexed: true }, before, 2, []);
  assert.deepEqual(
    [lines[0]!.values, lines[0]!.exact],
    [
      [50, null],
      [25, null],
    ],
  );
  assert.equal(lines[0]!.name, "Spotify, 1 Nov – 2 Nov 2026");
});

test("no line is drawn over a change of what is counted, or without data: a note says so", () => {
  const change = { slug: "consumption.streams", definitions: [{ provider: "spotify", since_on: "2026-11-02" }] };
  const before = [series("2026-11-01", [25, 30])];
  const broken = earlierLines(SHOWN, before, 2, [change as unknown as MetricEntry]);
  assert.deepEqual(
    [broken.lines, broken.notes],
    [[], ["Spotify, 1 Nov – 2 Nov 2026: counted differently then, so not drawn."]],
  );
  assert.deepEqual(earlierLines(SHOWN, [], 2, []).notes, ["Spotify, 1 Nov – 2 Nov 2026: no data."]);
});
