import { expect, test } from "vitest";
import { inRequests } from "./dropped-files";

const file = (path: string, size: number) => ({ path, file: { size } as File });

test("a drop is divided by number and size, and what is too large for company goes alone", () => {
  const small = Array.from({ length: 45 }, (_, index) => file(`a/${String(index).padStart(2, "0")}.csv`, 1000));
  expect(inRequests(small).map((each) => each.length)).toEqual([20, 20, 5]);
  const mixed = inRequests([file("b.csv", 10_000_000), file("a.csv", 10), file("c.csv", 10)]);
  expect(mixed.map((each) => each.map(({ path }) => path))).toEqual([["a.csv"], ["b.csv"], ["c.csv"]]);
  expect(inRequests([])).toEqual([]);
});
