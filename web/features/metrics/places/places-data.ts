import type { AudiencePlace, AudiencePlaces } from "@/lib/api/types";
import { toCsv } from "../compare/compare-data";
import { artistOf } from "./words";

export const cellOf = (place: AudiencePlace, column: number) => place.cells.find((cell) => cell.column === column);

/** The places in the order of one column, the largest first; those it does not list come last. Without one: as sent. */
export function sortPlaces(places: AudiencePlace[], column: number | null): AudiencePlace[] {
  if (column === null) return places;
  return places.toSorted((a, b) => (cellOf(b, column)?.amount ?? -1) - (cellOf(a, column)?.amount ?? -1));
}

/** One row for each city, artist and platform: what an agent can sort for themselves. */
export function placesCsv(places: AudiencePlaces): string {
  const head = ["city", "country", "latitude", "longitude", "artist", "platform", "metric", "unit", "period", "value"];
  const more = ["share_percent", "times_average_city", "rank", "change_28_days_percent", "base_28_days", "base_28_on"];
  const last = ["change_365_days_percent", "base_365_days", "base_365_on", "last_show_on", "last_show", "source"];
  const rows = places.places.flatMap((place) =>
    place.cells.map((cell) => {
      const column = places.columns[cell.column]!;
      const show = place.last_shows.find((each) => each.artist_id === column.artist_id);
      return [
        place.name,
        place.place?.country,
        place.place?.latitude,
        place.place?.longitude,
        artistOf(places, column),
        column.provider,
        column.metric,
        column.unit,
        column.period,
        cell.amount,
        cell.share_percent,
        cell.of_average,
        cell.rank,
        ...cell.growth.flatMap((growth) => [growth.percent, growth.base, growth.base_on]),
        show?.on,
        show?.title,
        column.source.join(" "),
      ];
    }),
  );
  return toCsv([[...head, ...more, ...last], ...rows]);
}
