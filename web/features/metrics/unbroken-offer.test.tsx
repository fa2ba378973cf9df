import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import type { Series, Summary } from "@/lib/api/types";
import { answerWith, emptyPage } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { ChartCard } from "./chart-card";
import type { ChartView } from "./use-chart-view";

const NOTE = "Views count from the first second.";
const series = (metric: string, name: string, breaks: unknown[]) =>
  ({
    series_id: metric,
    provider: "youtube",
    metric,
    name,
    unit: "views",
    kind: "flow",
    basis: null,
    total: null,
    change_percent: null,
    time_zone: "America/Los_Angeles",
    interval_days: 1,
    source: ["sync"],
    points: [22, 23, 24, 25].map((at) => ({ on: `2026-08-${at}`, value: at })),
    gaps: [],
    breaks,
  }) as unknown as Series;

const CHANGE = { on: "2026-08-24", note: NOTE, continued_as: "consumption.engaged_views" };
const ANSWER = {
  from: "2026-08-01",
  to: "2026-08-30",
  bucket: "day",
  series: [series("consumption.views", "Views", [CHANGE])],
  unbroken: [series("consumption.engaged_views", "Engaged views", [])],
};
const SUMMARY = {
  artist: { id: "a", name: "Ada & the Engines" },
  period: { from: ANSWER.from, to: ANSWER.to, days: 30 },
  previous: { from: "2026-07-02", to: "2026-07-31", days: 30 },
  providers: ["youtube"],
  tiles: [{ metric: "consumption.views", name: "Views" }],
} as unknown as Summary;
const CATALOGUE = [
  {
    slug: "consumption.views",
    name: "Views",
    description: "Plays of its videos.",
    definitions: [
      { provider: "youtube", since_on: CHANGE.on, continued_as: CHANGE.continued_as, scope: ["all"], note: NOTE },
    ],
  },
];

function Chart() {
  const [showsUnbroken, setShown] = useState(false);
  const view = {
    metrics: ["consumption.views"],
    providers: ["youtube"],
    bucket: "day",
    scale: null,
    asTable: false,
    showsUnbroken,
    set: (changes: { unbroken?: string | null }) => setShown(changes.unbroken === "shown"),
  } as unknown as ChartView;
  return <ChartCard artistId="a" summary={SUMMARY} view={view} />;
}

function show(answer: unknown) {
  answerWith((path) =>
    path.endsWith("/series") ? { body: answer } : path === "/api/metrics" ? { body: { items: CATALOGUE } } : emptyPage,
  );
  renderPage(<Chart />);
}

const lines = () => within(screen.getAllByRole("list")[0]!).getAllByRole("listitem");

test("the old meaning is offered, and drawn beside the new one under its name", async () => {
  show(ANSWER);
  const offer = await screen.findByRole("button", { name: "Show the old meaning beside it" });
  expect(offer.getAttribute("aria-pressed")).toBe("false");
  expect(
    screen.getByText(/YouTube has counted views differently since 24 Aug 2026\. Engaged views go on with/),
  ).toBeTruthy();
  expect(lines()).toHaveLength(1);
  await userEvent.click(offer);
  expect(lines().map((line) => line.textContent)).toEqual([
    expect.stringContaining("Views (new meaning since 24 Aug 2026)"),
    expect.stringContaining("Engaged views (the old meaning, unbroken)"),
  ]);
  await userEvent.click(screen.getByRole("button", { name: "Hide the old meaning" }));
  expect(lines()).toHaveLength(1);
});

test("nothing is offered where no series goes on", async () => {
  show({ ...ANSWER, unbroken: [] });
  expect(await screen.findByText(`YouTube, 24 Aug 2026: ${NOTE}`)).toBeTruthy();
  expect(screen.queryByRole("button", { name: /old meaning/ })).toBeNull();
});
