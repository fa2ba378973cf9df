// @vitest-environment node
import assert from "node:assert/strict";
import { test } from "vitest";
import type { Tile } from "../../lib/api/types";
import { tileChange } from "./tile";

const tile = (fields: Partial<Tile>) =>
  ({ kind: "flow", previous: 2000, change: 500, change_percent: 25, change_note: null, ...fields }) as Tile;

test("a running total shows its gain and how that compares with the gain before", () => {
  assert.deepEqual(tileChange(tile({ kind: "counter" }), 28), {
    text: "+500",
    direction: "up",
    note: "in 28 days, +25.0% on the gain before",
  });
  assert.equal(tileChange(tile({ kind: "counter", change_percent: null }), 28).note, "in 28 days");
});

test("without a change the tile says why", () => {
  const fell = tileChange(tile({ change: null, change_percent: null, change_note: "fell" }), 28);
  assert.deepEqual([fell.text, fell.note], ["–", "the platform corrected this total downwards"]);
  assert.equal(tileChange(tile({}), 28).note, "vs 2,000, 28 days before");
});
