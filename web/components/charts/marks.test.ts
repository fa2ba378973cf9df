import assert from "node:assert/strict";
import { test } from "vitest";
import { flagOf, marksByDay } from "./marks";

const mark = (on: string, kind: string) => ({ id: on + kind, on, kind, title: kind });

test("marks of one day share a flag that the most important one names", () => {
  const marks = [mark("2026-11-06", "post"), mark("2026-11-06", "release"), mark("2026-11-02", "note")];
  const days = marksByDay([...marks, mark("2026-12-24", "show")], new Set(["2026-11-02", "2026-11-06"]));
  assert.deepEqual(
    days.map(([on, here]) => [on, here.map(({ kind }) => kind), flagOf(here)]),
    [
      ["2026-11-02", ["note"], "N"],
      ["2026-11-06", ["release", "post"], "R+1"],
    ],
  );
});
