import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ChartLine } from "@/components/charts/types";
import type { Series } from "@/lib/api/types";
import { renderPage } from "@/testing/render";
import { describe } from "./chart-data";
import { Legend } from "./legend";

const FOLLOWERS = {
  series_id: "series-1",
  provider: "spotify",
  metric: "audience.followers",
  name: "Followers",
  unit: "people",
  kind: "counter",
  basis: "last",
  total: 8480,
  previous_total: 8095,
  change_percent: -21.3,
  change_note: null,
  source: ["import"],
  stale: false,
  as_of: "2026-11-30",
  points: [{ on: "2026-11-30", value: 8480 }],
} as unknown as Series;
const LINE = { name: "Spotify", color: "green", dash: "" } as ChartLine;

test("a running total that grows slower is not shown as a fall", () => {
  renderPage(<Legend series={[FOLLOWERS]} lines={[LINE]} length={28} />);
  const item = screen.getByRole("listitem").textContent;
  expect(item).toContain("up +385");
  expect(item).toContain("in 28 days, −21.3% on the gain before");
  expect(item).not.toContain("down");
  expect(describe(FOLLOWERS, [FOLLOWERS], 28)).not.toContain("21.3");
});
