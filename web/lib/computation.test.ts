import assert from "node:assert/strict";
import { test } from "vitest";
import { describeComputation } from "./computation";

test("one window", () => {
  const words = describeComputation({ op: "sum", series_id: "x", from: "2026-10-04", to: "2026-10-31" });
  assert.equal(words, "Sum of 4 Oct – 31 Oct 2026.");
});

test("a comparison names both windows, and weekdays where they matter", () => {
  const words = describeComputation({
    op: "percent_change",
    of: "sum",
    series_id: "x",
    from: "2026-10-31",
    to: "2026-10-31",
    base: { of: "median", from: "2026-08-01", to: "2026-10-30", weekday: 6 },
  });
  assert.equal(
    words,
    "Change in percent: sum of 31 Oct 2026, against median day of 1 Aug – 30 Oct 2026, Saturdays only.",
  );
});

test("gains of a running total are named as such", () => {
  const words = describeComputation({ op: "mean", from: "2026-10-01", to: "2026-10-07", differenced: true });
  assert.equal(words, "Daily average of 1 Oct – 7 Oct 2026. Daily gains of a running total.");
});

test("a passage has no computation", () => {
  assert.equal(describeComputation({}), "A passage from the knowledge base");
});

test("amounts of campaigns and royalties are sums", () => {
  assert.equal(describeComputation({ op: "sum", campaign_budgets: [] }), "Sum of the budgets of these campaigns.");
  const royalties = describeComputation({ op: "sum", royalty_lines: {} });
  assert.equal(royalties, "Sum of the lines of royalty statements in these months.");
});
