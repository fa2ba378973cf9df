import { expect, test } from "vitest";
import { placeLabels } from "./places-data";

const MAP = { width: 720, height: 340, size: 11 };

test("names of near cities lie off each other, and one without room is left out", () => {
  const near = ["Köln", "Düsseldorf", "Essen", "Dortmund", "Bochum", "Duisburg", "Wuppertal", "Krefeld"];
  const labels = placeLabels(
    near.map((name, at) => ({ point: { name }, x: 300 + at, y: 170 + (at % 2), radius: 4 })),
    MAP,
  );
  expect(labels.map((label) => label.point.name).slice(0, 2)).toEqual(["Köln", "Düsseldorf"]);
  expect(labels.length).toBeLessThan(near.length);
  for (const [at, one] of labels.entries())
    for (const other of labels.slice(at + 1)) {
      const least = ((one.point.name.length + other.point.name.length) * 6.6) / 2;
      expect(Math.abs(one.x - other.x) >= least || Math.abs(one.y - other.y) > MAP.size).toBe(true);
    }
});

test("a name at the edge stays on the map", () => {
  const labels = placeLabels([{ point: { name: "Anchorage" }, x: 10, y: 20, radius: 4 }], MAP);
  expect(labels).toHaveLength(1);
  expect(labels[0]!.x).toBeGreaterThan(30);
});
