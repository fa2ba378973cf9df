import { afterEach, expect, test } from "vitest";
import type { ComparedColumn } from "@/lib/api/types";
import { setLanguage } from "@/lib/language/active";
import { dayUnit, meaningOf } from "./words";

const COLUMN = { unit: "views", basis: "gain", period: { days: 28 } } as unknown as ComparedColumn;

afterEach(() => setLanguage("en"));

test("a column says what it holds, with its unit in the language of the page", async () => {
  expect([meaningOf(COLUMN), dayUnit(COLUMN)]).toEqual(["views, gained in 28 days", "views gained"]);
  await setLanguage("de");
  expect([meaningOf(COLUMN), dayUnit(COLUMN)]).toEqual(["Aufrufe, Zuwachs in 28 Tagen", "Aufrufe, Zuwachs"]);
});

test("an org’s own unit keeps its words", async () => {
  await setLanguage("de");
  expect(meaningOf({ ...COLUMN, unit: "tickets", basis: "last" })).toBe("tickets, letzter Stand");
});
