import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Comparison } from "@/lib/api/types";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { ChartPart } from "./chart-part";
import type { ComparisonView } from "./use-comparison-view";

const DAYS = ["2026-11-01", "2026-11-02", "2026-11-03"];
const points = DAYS.map((on) => ({ on, value: 5 }));
const figures = ["moth", "ines"].map((subject_id) => ({ subject_id, value: 15, change_percent: null, breaks: [] }));
const COMPARISON = {
  subjects: [
    { kind: "artist", id: "moth", name: "Moth", artists: [], artist_ids: ["moth"] },
    { kind: "artist", id: "ines", name: "Ines Vale", artists: [], artist_ids: ["ines"] },
  ],
  columns: [
    {
      provider: "spotify",
      provider_name: "Spotify",
      metric: "consumption.streams",
      name: "Streams",
      unit: "streams",
      basis: "sum",
      period: { from: DAYS[0], to: DAYS[2], days: 3 },
      previous_period: { from: "2026-10-29", to: "2026-10-31", days: 3 },
      figures,
    },
  ],
  lines: ["moth", "ines"].map((subject_id) => ({ subject_id, points, previous: points })),
  options: [],
} as unknown as Comparison;

const show = { id: "1", source: "calendar_entries", kind: "show", title: "Club show", starts_on: DAYS[1] };
const shared = { id: "2", source: "releases", kind: "release", title: "Halo", starts_on: DAYS[2] };
const [moth, ines] = COMPARISON.subjects.map(({ id, name }) => ({ id, name }));
const CALENDAR: Record<string, unknown[]> = {
  moth: [{ ...shared, ends_on: DAYS[2], artists: [moth, ines] }],
  ines: [
    { ...show, ends_on: DAYS[1], artists: [ines] },
    { ...shared, ends_on: DAYS[2], artists: [moth, ines] },
  ],
};

test("the calendar of the compared artists stands under their chart, what both share once", async () => {
  answerWith((path, request) => {
    const query = new URL(request.url).searchParams;
    expect([path, query.get("from"), query.get("to")]).toEqual(["/api/calendar", DAYS[0], DAYS[2]]);
    return { body: { items: CALENDAR[query.get("artist_id")!], next_cursor: null } };
  });
  const view = { kind: "artist", indexed: false, before: false, asTable: true } as unknown as ComparisonView;
  renderPage(<ChartPart comparison={COMPARISON} view={view} />);
  await screen.findByText(/Club show/);
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "2 Nov 2026: Ines Vale: Club show",
    "3 Nov 2026: Moth, Ines Vale: Halo",
  ]);
});

test("the calendar of the artists of compared songs stands under their chart", async () => {
  answerWith((_, request) => {
    const artist = new URL(request.url).searchParams.get("artist_id")!;
    return { body: { items: CALENDAR[artist], next_cursor: null } };
  });
  const songs = ["moth", "ines"].map((artist) => ({
    kind: "song",
    id: `${artist}-song`,
    name: "Night Drive",
    artists: [artist],
    artist_ids: [artist],
  }));
  const comparison = { ...COMPARISON, subjects: songs, lines: [] } as unknown as Comparison;
  const view = { kind: "song", indexed: false, before: false, asTable: true } as unknown as ComparisonView;
  renderPage(<ChartPart comparison={comparison} view={view} />);
  expect(await screen.findByText(/Club show/)).toBeTruthy();
  expect(screen.getAllByText(/Halo/)).toHaveLength(1);
});
