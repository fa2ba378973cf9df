import { expect, test } from "vitest";
import { readingLabel } from "./import-reread";

test("what a file is read as keeps all digits and its codes, and names no code of a missing number", () => {
  expect(readingLabel("1234567")).toBe("1,234,567");
  expect(readingLabel("1200 stream -3.00789993 USD DEAB12600001 111111111111")).toBe(
    "1,200 stream −3.00789993 USD DEAB12600001 111111111111",
  );
  expect(readingLabel("2026-03 0.5")).toBe("2026-03 0.5");
  expect(readingLabel("not_reported")).toBe("–");
  expect(readingLabel(null)).toBe("–");
});
