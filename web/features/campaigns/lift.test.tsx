import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CampaignLift } from "@/lib/api/types";
import { Lift } from "./lift";

const LIFT: CampaignLift = {
  state: "measured",
  text: "+12 % to +38 %",
  sentences: ["Streams came to 140,000.", "The range begins above 0."],
  reasons: [],
  metric: "consumption.streams",
  unit: "streams",
  provider: "spotify",
  source: "imported files",
  series_id: "series-1",
  from: "2026-10-01",
  to: "2026-10-14",
  actual: 140_000,
  expected: 112_000,
  lift_percent: 25,
  low_percent: 12,
  high_percent: 38,
  added_low: 15_000,
  added_high: 38_500,
  detectable_percent: 14,
  spent_minor: 30_000,
  currency: "EUR",
  money_null_reason: null,
  cost_low_minor: 0.78,
  cost_high_minor: 2,
  days: [
    { on: "2026-09-30", actual: 8000, expected: 8000, during: false },
    { on: "2026-10-01", actual: 10_000, expected: 8000, during: true },
  ],
  donors: [
    { artist_id: "a", artist_name: "Kitefolk", title: null, weight_percent: 50 },
    { artist_id: "b", artist_name: "Odessa Lane", title: "Paper Boats", weight_percent: 20 },
    { artist_id: null, artist_name: null, title: null, weight_percent: 10 },
  ],
  compared: 6,
  left_out: [{ count: 2, reason: "an artist with a release in these days" }],
  placebos_percent: [-9, -2, 0.5, 3, 11],
  measured_at: "2026-10-16T06:00:00Z",
};

function terms(): Record<string, string | null | undefined> {
  return Object.fromEntries(
    screen.getAllByRole("term").map((term) => [term.textContent, term.nextElementSibling?.textContent]),
  );
}

test("a measured lift shows its range, its cost as a range, its donors and its placebos", () => {
  render(<Lift lift={LIFT} />);
  expect(screen.getByText("+12 % to +38 %")).toBeTruthy();
  expect(screen.getByText("The range begins above 0.")).toBeTruthy();
  expect(terms()).toEqual({
    "Cost of what it added": "€7.80 to €20.00 per 1,000 streams",
    "What could have been seen here": "about +14.0% or more",
  });
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "Kitefolk50.0%",
    "“Paper Boats” by Odessa Lane20.0%",
    "Another artist of the organisation10.0%",
    "Staying level20.0%",
  ]);
  expect(screen.getByText(/3 others have next to no weight/).textContent).toContain(
    "2 series are left out: an artist with a release in these days.",
  );
  expect(screen.getByRole("img", { name: /5 errors of the same comparison/ })).toBeTruthy();
});

test("a range that holds 0 has no upper cost, and one below 0 has none", () => {
  const { rerender } = render(<Lift lift={{ ...LIFT, low_percent: -3, added_low: -4000, cost_high_minor: null }} />);
  expect(terms()["Cost of what it added"]).toBe("at least €7.80 per 1,000 streams");
  rerender(<Lift lift={{ ...LIFT, cost_low_minor: null, cost_high_minor: null }} />);
  expect(terms()["Cost of what it added"]).toBe("none: nothing was added");
  rerender(<Lift lift={{ ...LIFT, spent_minor: null, cost_low_minor: null, money_null_reason: "needs money:read" }} />);
  expect(terms()["Cost of what it added"]).toBe("not open to you");
});

test.each([
  ["inconclusive", "Cannot tell"],
  ["open", "Not measured yet"],
] as const)("of %s only the reasons are shown", (state, head) => {
  render(<Lift lift={{ ...LIFT, state, sentences: ["A single came out on these days."] }} />);
  expect(screen.getByText(head)).toBeTruthy();
  expect(screen.getByText("A single came out on these days.")).toBeTruthy();
  expect(screen.queryByRole("term")).toBeNull();
  expect(screen.queryByText("+12 % to +38 %")).toBeNull();
});
