import { expect, test } from "vitest";
import { choiceLabel } from "./commit-form";

test("what a column may hold is said in words", () => {
  const names = new Map([["own.clicks", "Link clicks, clicks"]]);
  expect(choiceLabel("own.clicks", names)).toBe("Link clicks, clicks");
  expect(choiceLabel("by traffic_source", names)).toBe("Split by traffic source");
  expect(choiceLabel("leave out", names)).toBe("Leave out");
  expect(choiceLabel("28day", names)).toBe("28day");
  expect(choiceLabel("28day", names, "28 Tage")).toBe("28 Tage");
});
