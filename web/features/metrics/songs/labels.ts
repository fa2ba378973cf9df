import type { Song, SongFigure } from "@/lib/api/types";
import { dayRange, exact, unitLabel } from "@/lib/format";
import { t } from "./messages";

/** "Halo (Sped Up)". */
export function songTitle(song: { title: string; version_title: string | null }): string {
  return song.version_title ? `${song.title} (${song.version_title})` : song.title;
}

/** The artists of a song as on a sleeve: "Moth feat. Ines Vale". */
export function songArtists(credits: Song["credits"]): string {
  const names = (role: string) => credits.filter((credit) => credit.role === role).map((credit) => credit.name);
  const featured = names("featured");
  const main = names("main").join(", ");
  if (featured.length === 0) return main;
  const values = { main, featured: featured.join(", ") };
  return main ? t("artists.featured", values) : t("artists.onlyFeatured", values);
}

const RELEASE_KINDS = ["single", "ep", "album", "compilation"] as const;

/** What a release is, in words. */
export function releaseKind(kind: string | null): string {
  return t(`releaseKinds.${RELEASE_KINDS.find((each) => each === kind) ?? "release"}`);
}

/** A number in words, or why there is none: "2,800 streams, 4 Oct – 31 Oct 2026". */
export function figureInWords(figure: SongFigure): string {
  const period = dayRange(figure.period.from, figure.period.to);
  if (figure.value == null) return `${figure.refused[0]?.sentence ?? t("figure.none")} ${period}`;
  const number = exact(figure.value);
  const unit = unitLabel(figure.value, figure.unit);
  if (figure.basis === "gain") return t(unit ? "figure.gained" : "figure.gainedBare", { number, unit, period });
  return t("figure.value", { value: `${number} ${unit}`.trim(), period });
}
