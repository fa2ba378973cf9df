import { afterEach, describe, expect, it } from "vitest";
import { activeRegional, setRegional, type Regional } from "./regional";
import { beginOfWeek, daysToNextWeek, weekdays, weeksOfMonth } from "./weeks";

const usual = activeRegional();
const from = (week_start: Regional["week_start"]) => setRegional({ ...usual, week_start });
afterEach(() => setRegional(usual));

// 1 December 2026 is a Tuesday.
describe("weeks", () => {
  it.each([
    ["monday", "2026-11-30", 6],
    ["sunday", "2026-11-29", 5],
    ["saturday", "2026-11-28", 4],
  ] as const)("begin with a %s where the reader says so", (weekStart, begin, days) => {
    from(weekStart);
    expect(beginOfWeek("2026-12-01")).toBe(begin);
    expect(beginOfWeek(begin)).toBe(begin);
    expect(daysToNextWeek("2026-12-01")).toBe(days);
    expect(daysToNextWeek(begin)).toBe(7);
    expect(weeksOfMonth("2026-12-17")[0]![0]).toBe(begin);
    expect(weeksOfMonth("2026-12-17").flat()).toContain("2026-12-31");
  });

  it("name their days from the first one on", () => {
    from("saturday");
    expect(weekdays("long").map(({ name }) => name)).toEqual([
      ..."Saturday Sunday Monday Tuesday Wednesday Thursday Friday".split(" "),
    ]);
    expect(weekdays("short")[0]).toEqual({ number: 6, name: "Sat" });
  });
});
