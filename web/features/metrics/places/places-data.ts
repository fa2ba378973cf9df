import type { AudiencePlace, AudiencePlaces } from "@/lib/api/types";
import { toCsv } from "@/lib/csv";
import { artistOf } from "./words";

export const cellOf = (place: AudiencePlace, column: number) => place.cells.find((cell) => cell.column === column);

/** The places in the order of one column, the largest first; those it does not list come last. Without one: as sent. */
export function sortPlaces(places: AudiencePlace[], column: number | null): AudiencePlace[] {
  if (column === null) return places;
  return places.toSorted((a, b) => (cellOf(b, column)?.amount ?? -1) - (cellOf(a, column)?.amount ?? -1));
}

type Circle = { x: number; y: number; radius: number };

/** Where the middle of each name's base line lies, in the units of the map: over, under or beside its circle, within
 * the map and off the names before it. A name without room is left out, so the largest come first. */
export function placeLabels<Point extends { name: string }>(
  circles: (Circle & { point: Point })[],
  map: { width: number; height: number; size: number },
): { point: Point; x: number; y: number }[] {
  const placed: { point: Point; x: number; y: number; half: number }[] = [];
  for (const { point, x, y, radius } of circles) {
    const half = (point.name.length * map.size * 0.6) / 2; // about the width of a letter
    const beside = { x: radius + half + 3, y: map.size / 3 };
    const offsets = [{ x: 0, y: -radius - 3 }, { x: 0, y: radius + map.size }, beside, { ...beside, x: -beside.x }];
    const free = offsets
      .map((offset) => ({ point, half, x: x + offset.x, y: y + offset.y }))
      .find(
        (label) =>
          label.x - half >= 0 &&
          label.x + half <= map.width &&
          label.y - map.size >= 0 &&
          label.y <= map.height &&
          placed.every(
            (other) =>
              Math.abs(other.x - label.x) >= other.half + half + 3 || Math.abs(other.y - label.y) >= map.size + 1,
          ),
      );
    if (free) placed.push(free);
  }
  return placed;
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
