import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CampaignResult } from "@/lib/api/types";
import { setLanguage } from "@/lib/language/active";
import { Result } from "./result";

const DURING: CampaignResult["during"] = {
  from: "2026-10-08",
  to: "2026-10-14",
  days: 7,
  days_with_data: 7,
  value: 1500,
  null_reason: null,
};

const RESULT: CampaignResult = {
  metric: "consumption.streams",
  provider: "spotify",
  series_id: "series-1",
  unit: "streams",
  basis: "sum",
  before: { ...DURING, from: "2026-10-01", to: "2026-10-07", value: 1000 },
  during: DURING,
  after: null,
  change: 500,
  change_percent: 50,
  definition_break: null,
  unbroken: null,
  goal_target: 2000,
  goal_progress_percent: 75,
  spent_minor: 25_000,
  money_null_reason: null,
  currency: "EUR",
  source: "Spotify for Artists",
  note: "A comparison, not a proof of cause.",
};

test("the result shows the goal, what was spent and the compared windows", () => {
  render(<Result result={RESULT} />);
  const details = Object.fromEntries(
    screen.getAllByRole("term").map((term) => [term.textContent, term.nextElementSibling?.textContent]),
  );
  expect(details).toEqual({
    "Goal reached": "75.0% of 2,000 streams",
    Spent: "€250.00",
  });
  expect(screen.getByText("available after the campaign has ended")).toBeTruthy();
  expect(
    screen.getByText(
      "Each bar is the sum of the days. Source: Spotify for Artists. A comparison, not a proof of cause.",
    ),
  ).toBeTruthy();
});

test("nothing is compared across a change of definition, and the number that goes on is shown", () => {
  const changed = { on: "2026-10-08", note: "A view counts from its first frame.", continued_as: "engaged" };
  const unbroken = {
    metric: "engaged",
    name: "Engaged views",
    unit: "views",
    series_id: "series-2",
    before: { ...RESULT.before, value: 800 },
    during: { ...DURING, value: 1000 },
    after: null,
    change: 200,
    change_percent: 25,
  };
  render(<Result result={{ ...RESULT, change: null, change_percent: null, definition_break: changed, unbroken }} />);
  expect(
    screen.getByText("Spotify changed what it counts on 8 Oct 2026: A view counts from its first frame."),
  ).toBeTruthy();
  expect(screen.queryByText(/50\.0%/)).toBeNull();
  expect(screen.getByText("Engaged views (the old meaning, unbroken)")).toBeTruthy();
  expect(screen.getByText(/25\.0%/)).toBeTruthy();
});

test("the result is written in German too, with its units and numbers", async () => {
  await setLanguage("de");
  try {
    render(<Result result={RESULT} />);
    screen.getByRole("heading", { name: "Davor, währenddessen, danach" });
    expect(screen.getByText("Ziel erreicht").nextElementSibling?.textContent).toBe("75,0\u00a0% von 2.000 Streams");
    screen.getByText(/gegenüber 1.000 \(7 Tage davor\)/);
    screen.getByText(/^Jeder Balken ist die Summe der Tage\. Quelle: Spotify for Artists\./);
  } finally {
    await setLanguage("en");
  }
});

test("a campaign that has not begun has nothing to compare, and no empty bars", () => {
  const planned = { ...DURING, from: "2999-01-01", to: "2999-01-07", days_with_data: 0, value: null };
  const result = { ...RESULT, before: planned, during: planned, change: null, change_percent: null };
  render(<Result result={result} />);
  expect(screen.getByText("It is compared when it has begun.")).toBeTruthy();
  expect(screen.queryByText("During")).toBeNull();
  expect(screen.getByText("Spent")).toBeTruthy();
});
