import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Song, SongFigure } from "@/lib/api/types";
import { figureInWords, songArtists, songTitle } from "./labels";
import { SongFigures } from "./song-figures";

const period = { from: "2026-11-01", to: "2026-11-28", days: 28 };
const streams: SongFigure = {
  provider: "spotify",
  metric: "consumption.streams",
  name: "Streams",
  unit: "streams",
  basis: "sum",
  value: 2800,
  period,
  assets: 1,
  refused: [],
};
const plays: SongFigure = {
  ...streams,
  provider: "soundcloud",
  metric: "consumption.plays",
  name: "Plays",
  unit: "plays",
  basis: "gain",
  value: null,
  refused: [{ reason: "fell", sentence: "The counter fell, which it cannot.", count: 2, examples: [] }],
};
const song: Song = {
  id: "1",
  isrc: "QZAR22600001",
  title: "Halo",
  version_title: "Sped Up",
  version_of: null,
  duration_ms: null,
  released_on: null,
  credits: [
    { artist_id: null, name: "Moth", role: "main" },
    { artist_id: null, name: "Ines Vale", role: "featured" },
    { artist_id: null, name: "Nilo", role: "producer" },
  ],
  assets: [],
  releases: [],
  figures: [streams, plays],
};

test("a song is named with its version and its artists", () => {
  expect(songTitle(song)).toBe("Halo (Sped Up)");
  expect(songArtists(song.credits)).toBe("Moth feat. Ines Vale");
});

test("a number is said with unit and period, or why there is none", () => {
  expect(figureInWords(streams)).toBe("2,800 streams, 1 Nov – 28 Nov 2026");
  expect(figureInWords(plays)).toBe("The counter fell, which it cannot. 1 Nov – 28 Nov 2026");
});

test("the table shows each number with unit and period, and what is not in it", () => {
  render(<SongFigures song={song} />);
  const [, first, second] = screen.getAllByRole("row").map((row) => row.textContent);
  expect(first).toBe("SpotifyStreams2,800 streams1 Nov – 28 Nov 2026");
  expect(second).toContain("Plays, gained–");
  expect(second).toContain("2 items: The counter fell, which it cannot.");
});
