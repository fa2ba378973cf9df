import { expect, test } from "vitest";
import type { Import } from "@/lib/api/types";
import { importSummaryLabel, progressLabel } from "./labels";

const item = (status: Import["status"], done: number, total: number) =>
  ({ status, refusal: null, progress: { done, total, problem: null } }) as Import;

test("a file that is read shows bytes, one that is imported lines", () => {
  expect(progressLabel(item("reading", 5_242_880, 104_857_600))).toBe("5 MB of 100 MB read");
  expect(progressLabel(item("committing", 250_000, 1_000_000))).toBe("250,000 of 1,000,000 lines recorded");
  expect(progressLabel(item("undoing", 0, 0))).toBe("Waiting for the result");
  expect(importSummaryLabel(item("committing", 0, 1))).toBe("0 of 1 line recorded");
});
