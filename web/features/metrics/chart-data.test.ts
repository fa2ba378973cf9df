import assert from "node:assert/strict";
import { test } from "vitest";
import type { Series } from "../../lib/api/types";
import { axisDays, describe, drawnValues, firstMetric, needsIndex, seriesCsv, toIndex } from "./chart-data";

const series = (provider: string, values: (number | null)[]) =>
  ({
    series_id: provider,
    provider,
    metric: "consumption.views",
    name: "Views",
    unit: "views",
    basis: "sum",
    total: 30,
    change_percent: 50,
    points: values.map((value, at) => ({ on: `2026-10-0${at + 1}`, value })),
  }) as unknown as Series;

test("an index starts at 100 and keeps gaps", () => {
  assert.deepEqual(toIndex([null, 50, null, 75]), [null, 100, null, 150]);
  assert.deepEqual(toIndex([null, null]), [null, null]);
});

test("the line of a weekly source goes on between its weeks, and breaks where one is missing", () => {
  const days = Array.from({ length: 22 }, (_, at) => `2026-10-${String(at + 1).padStart(2, "0")}`);
  const values = days.map((_, at) => (at === 0 ? 0 : at === 7 ? 70 : at === 21 ? 10 : null));
  const drawn = drawnValues(days, values, 7);
  assert.deepEqual(drawn.slice(0, 9), [0, 10, 20, 30, 40, 50, 60, 70, null]);
  assert.equal(
    drawn.slice(8, 21).every((value) => value === null),
    true,
  );
  assert.deepEqual(drawnValues(days, values, 1), values);
});

test("lines of very different size are shown as an index", () => {
  assert.equal(needsIndex([series("youtube", [1000]), series("instagram", [900])]), false);
  assert.equal(needsIndex([series("youtube", [100_000]), series("instagram", [900])]), true);
  assert.equal(needsIndex([series("youtube", [100_000])]), false);
});

test("the CSV has ISO days, exact values, and empty cells for missing values", () => {
  const answer = { series: [series("youtube", [1, null, 2.5]), series("instagram", [7])] };
  assert.equal(
    seriesCsv(answer as never),
    "day,youtube consumption.views (views),instagram consumption.views (views)\n" +
      "2026-10-01,1,7\n2026-10-02,,\n2026-10-03,2.5,\n",
  );
});

test("a chart is described in one sentence per line", () => {
  const one = series("youtube", [10, 20]);
  assert.equal(
    describe(one, [one], 28),
    "YouTube: 30 views in all, +50.0% on the previous 28 days; highest on 2 Oct 2026 (20).",
  );
  const none = series("youtube", [null]);
  assert.equal(describe(none, [none], 28), "YouTube: no data in this period.");
});

test("the initial metric has a line on the most platforms", () => {
  const line = [1, 2, 3, 4, 5];
  const tiles = [
    { metric: "audience.followers", spark: [7] },
    { metric: "audience.followers", spark: [7] },
    { metric: "audience.followers", spark: line },
    { metric: "consumption.views", spark: line },
    { metric: "consumption.views", spark: line },
  ];
  assert.deepEqual(firstMetric(tiles), ["consumption.views"]);
  assert.deepEqual(firstMetric([]), []);
});

test("the axis holds every day of every line, in order", () => {
  assert.deepEqual(axisDays([series("youtube", [1]), series("instagram", [1, 2])]), ["2026-10-01", "2026-10-02"]);
});
