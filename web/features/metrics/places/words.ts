import type { AudienceColumn, AudiencePlaces } from "@/lib/api/types";
import { compact, day, unitName } from "@/lib/format";
import { SOURCES } from "@/lib/value-sources";
import { t } from "./messages";

export const artistOf = (places: AudiencePlaces, column: AudienceColumn): string =>
  places.artists.find((artist) => artist.id === column.artist_id)?.name ?? "";

/** "Daily listeners, people, 28 days up to 5 Nov 2026, from a file". */
export function columnNote(column: AudienceColumn): string {
  return t("table.column", {
    unit: unitName(column.unit),
    period: column.period.replace(column.as_of, day(column.as_of)),
    sources: column.source.map((each) => SOURCES[each]).join(", "),
  });
}

/** What the source says of all cities, and of those it does not list. */
export function columnFacts(places: AudiencePlaces, column: AudienceColumn): string {
  const values = { artist: artistOf(places, column), provider: column.provider_name, count: column.cities };
  const facts =
    column.average === null
      ? t("table.facts", values)
      : t("table.factsAverage", { ...values, average: compact(column.average) });
  return `${facts} ${column.absent}`;
}
