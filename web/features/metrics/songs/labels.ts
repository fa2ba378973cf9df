import type { Song, SongFigure } from "@/lib/api/types";
import { dayRange, exact, unitLabel } from "@/lib/format";

/** "Halo (Sped Up)". */
export function songTitle(song: { title: string; version_title: string | null }): string {
  return song.version_title ? `${song.title} (${song.version_title})` : song.title;
}

/** The artists of a song as on a sleeve: "Moth feat. Ines Vale". */
export function songArtists(credits: Song["credits"]): string {
  const names = (role: string) => credits.filter((credit) => credit.role === role).map((credit) => credit.name);
  const featured = names("featured");
  return [names("main").join(", "), featured.length ? `feat. ${featured.join(", ")}` : ""].filter(Boolean).join(" ");
}

/** A number in words, or why there is none: "2,800 streams, 4 Oct – 31 Oct 2026". */
export function figureInWords(figure: SongFigure): string {
  const period = dayRange(figure.period.from, figure.period.to);
  if (figure.value == null) return `${figure.refused[0]?.sentence ?? "No number."} ${period}`;
  const gained = figure.basis === "gain" ? "more " : "";
  return `${exact(figure.value)} ${gained}${unitLabel(figure.value, figure.unit)}, ${period}`.replace(" ,", ",");
}
