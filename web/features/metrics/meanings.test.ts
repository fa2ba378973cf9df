// @vitest-environment node
import assert from "node:assert/strict";
import { test } from "vitest";
import type { MetricEntry } from "../../lib/api/types";
import { changesWithin, meaningOf } from "./meanings";

const views = {
  slug: "consumption.views",
  definitions: [
    { provider: "youtube", since_on: "2025-03-31", continued_as: "consumption.engaged_views" },
    { provider: "youtube", since_on: "2026-08-24", continued_as: "consumption.engaged_views" },
    { provider: "instagram", since_on: "2025-04-21", continued_as: null },
    { provider: "instagram", since_on: null, continued_as: null },
  ],
} as unknown as MetricEntry;
const METRICS = ["consumption.views", "consumption.engaged_views"];

test("a metric that changed within the days says so, and the one that goes on says so too", () => {
  const changes = changesWithin([views], METRICS, ["youtube"], "2026-08-01", "2026-09-01");
  assert.equal(meaningOf("consumption.views", changes), " (new meaning since 24 Aug 2026)");
  assert.equal(meaningOf("consumption.engaged_views", changes), " (the old meaning, unbroken)");
  assert.equal(meaningOf("engagement.likes", changes), "");
});

test("a change outside the days, of another platform or without a day is not told", () => {
  assert.deepEqual(changesWithin([views], METRICS, ["youtube"], "2026-08-24", "2026-09-01"), []);
  assert.deepEqual(changesWithin([views], METRICS, ["instagram"], "2026-01-01", "2026-09-01"), []);
  assert.deepEqual(changesWithin([views], METRICS, ["spotify"], "2024-01-01", "2026-09-01"), []);
  const changes = changesWithin([views], METRICS, ["youtube", "instagram"], "2026-08-01", "2026-09-01");
  assert.equal(meaningOf("consumption.views", changes, "instagram"), "");
});
