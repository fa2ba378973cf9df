import { expect, test } from "vitest";
import { overlapSentence } from "./import-overlap";

const other = {
  import_id: "1",
  file_name: "a.csv",
  own_date: null,
  same: 2,
  replaced: 0,
  kept: 1,
  first: "2026-03-01",
  last: "2026-03-02",
  days: 1,
  reason: "This file ends on 2026-03-02, the other on 2026-03-05, so the stored values stay.",
};

test("an overlap is said with its numbers and the reason", () => {
  expect(overlapSentence(other)).toContain("2 values are equal, 1 value differs on 1 day. This file ends on");
  expect(overlapSentence({ ...other, kept: 0, days: 0 })).toContain("2 values in both, all equal");
});
