import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Comparison, Song } from "@/lib/api/types";
import { answerWith, emptyPage } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { SongTimeline } from "./song-timeline";

const NUMBER = {
  provider: "youtube",
  provider_name: "YouTube",
  metric: "consumption.views_total",
  name: "Lifetime views",
};
const period = { from: "2026-11-03", to: "2026-11-30", days: 28 };
const SONG = {
  id: "song-1",
  title: "Hollow Signals",
  releases: [{ id: "release-1", title: "Hollow Signals", kind: "single", released_on: "2026-11-27" }],
} as unknown as Song;

function comparison(values: (number | null)[]): Comparison {
  const figure = {
    subject_id: "song-1",
    value: null,
    value_note: "The gain is unknown.",
    change_percent: null,
    breaks: [],
  };
  return {
    subjects: [{ id: "song-1", name: "Hollow Signals", artist_ids: ["artist-1"] }],
    options: [{ ...NUMBER, subjects: 1 }],
    columns: [{ ...NUMBER, unit: "views", basis: "gain", period, previous_period: period, figures: [figure] }],
    lines: [
      { subject_id: "song-1", points: values.map((value, at) => ({ on: `2026-11-0${at + 3}`, value })), previous: [] },
    ],
  } as unknown as Comparison;
}

const answer = (values: (number | null)[]) =>
  answerWith((path) => (path === "/api/comparison" ? { body: comparison(values) } : emptyPage));

test("a song has a chart of the days of one number", async () => {
  answer([4, 5, null]);
  renderPage(<SongTimeline song={SONG} />);
  expect(await screen.findByText(/views, gained in 28 days · 3 Nov – 30 Nov 2026/)).toBeTruthy();
  expect(screen.getByRole("combobox", { name: "Number" })).toHaveProperty("value", "youtube consumption.views_total");
  expect(screen.queryByText("No days to draw")).toBeNull();
});

test("of a new song it leads to the first days of its release", async () => {
  answer([null, null]);
  renderPage(<SongTimeline song={SONG} />);
  const link = await screen.findByRole("link", { name: "Its first days beside the earlier releases" });
  expect(link.getAttribute("href")).toMatch(/^\/release\/?\?id=release-1$/);
});
