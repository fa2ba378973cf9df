import type { AudienceColumn, AudiencePlaces } from "@/lib/api/types";
import { compact, day, plural } from "@/lib/format";
import { SOURCES } from "@/lib/value-sources";

// Every sentence of "where to play" stands here.

export const WORDS = {
  title: "Where to play",
  lead: "The cities of one artist or of a package tour: each platform beside the others, never added.",
  what: "The cities",
  artists: "Artists",
  add: "Add an artist",
  full: "Six at most.",
  remove: (name: string) => `Remove ${name}`,
  none: "No artist chosen",
  noneHint: "Add the artists who would play together.",
  empty: "No cities yet",
  emptyHint: "They come with files such as Spotify’s cities, and with a sync of Instagram or YouTube.",
  map: "On the map",
  mapNote: (column: string) =>
    `The larger the circle, the more ${column}. Position by GeoNames; no map service is asked.`,
  mapTitle: (cities: number) => `${plural(cities, "city", "cities")} as circles on a map of longitude and latitude`,
  table: "City by city",
  tableRegion: "The cities as a table",
  tableNote: "Choose a heading to sort by it.",
  csv: "CSV",
  city: "City",
  lastShow: "Last show",
  noShow: "none in the calendar",
  showNote: "The last show is the newest one of the calendar whose title or notes name the city.",
  notListed: "not listed",
  share: (percent: string) => `${percent} of all`,
  average: (times: string) => `${times}× the average city`,
  in28: "28 days",
  in365: "a year",
  more: (shown: number, total: number) => `The first ${shown} of ${plural(total, "city", "cities")} are shown.`,
  source: "Places: GeoNames, CC BY 4.0.",
  copy: "Copy link",
} as const;

export const artistOf = (places: AudiencePlaces, column: AudienceColumn): string =>
  places.artists.find((artist) => artist.id === column.artist_id)?.name ?? "";

/** "Daily listeners, people, 28 days up to 5 Nov 2026, from a file". */
export function columnNote(column: AudienceColumn): string {
  const sources = column.source.map((each) => SOURCES[each]).join(", ");
  return `${column.unit}, ${column.period.replace(column.as_of, day(column.as_of))}, ${sources}`;
}

/** What the source says of all cities, and of those it does not list. */
export function columnFacts(places: AudiencePlaces, column: AudienceColumn): string {
  const average = column.average === null ? "" : ` A listed city has ${compact(column.average)} on average.`;
  return `${artistOf(places, column)} on ${column.provider_name}: ${plural(column.cities, "city", "cities")} listed.${average} ${column.absent}`;
}
