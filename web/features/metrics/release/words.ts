import type { AgeFigure, ReleasePace, ReleaseStart, ReleaseStartPlatform } from "@/lib/api/types";
import { compact, day, plural, unitLabel } from "@/lib/format";
import { SOURCES } from "@/lib/value-sources";

// Every sentence of the page of a release stands here.

export const WORDS = {
  page: "Release",
  noId: "No release chosen",
  noIdHint: "This address names no release. Choose one on the page of an artist or in the calendar.",
  toRoster: "Go to the roster",
  what: "This release",
  start: "Its first days",
  edit: {
    open: "Edit",
    of: (title: string) => `Edit ${title}`,
    title: "Title",
    titleNeeded: "Enter a title.",
    day: "Day of release",
    kind: "Kind",
    kinds: { "": "Not known", single: "Single", ep: "EP", album: "Album", compilation: "Compilation" },
    label: "Label",
    save: "Save",
    saved: "Saved",
  },
  add: "Add a release",
  added: (title: string) => `${title} is there`,
  editTracks: {
    open: "Change the tracks",
    of: (title: string) => `Tracks of ${title}`,
    up: (title: string) => `Move ${title} up`,
    down: (title: string) => `Move ${title} down`,
    disc: (title: string) => `Disc of ${title}`,
    discColumn: "Disc",
    off: (title: string) => `Take ${title} off`,
    find: "Find a song to add",
    noSong: (query: string) => `No song is called “${query}”.`,
    none: "No tracks. Find songs above to add them.",
  },
  noDay: "no day of release",
  out: (on: string, complete: number | null) =>
    complete === null || complete < 1
      ? `comes out on ${day(on)}`
      : `out since ${day(on)}, ${plural(complete, "complete day")}`,
  firstWeek: "First week by platform",
  firstWeekNote: "The first 7 complete days. Each platform counts in its own way: they are not added.",
  age: "After",
  ageDays: (age: number) => plural(age, "day"),
  own: "This release",
  before: "The release before",
  median: "Median of the earlier",
  ofReleases: (count: number) => `of ${plural(count, "release")}`,
  noEarlier: "no number at this age",
  curves: (title: string) => `${title}: what it had brought after each day, beside earlier releases`,
  pace: "Pace",
  against: "against the release before",
  saves: "Saves for each hundred listeners",
  savesRegion: "Saves and listeners as a table",
  savesNote: "Saves and listeners of the same file and days",
  noSaves: "No file holds saves and listeners of these tracks for the same days, such as Spotify’s songs export.",
  fewListeners: "fewer than 100 listeners",
  track: "Track",
  listeners: "Listeners",
  savesColumn: "Saves",
  rate: "Per 100",
  period: "Period",
  source: "Source",
  tracks: (counted: number, all: number) => `${counted} of ${plural(all, "track")} counted`,
  parts: "Part of",
  allTracks: "Tracks",
  noTracks: "No tracks yet",
  noTracksHint: "They come with a sync of Spotify, or are written down by hand.",
  asTable: "View as table",
  asChart: "View as chart",
} as const;

/** Why a release has no number at an age, or null. */
export function whyNot({ state, on }: AgeFigure, platform: string): string | null {
  return {
    in: null,
    not_over: `not over: ${day(on)}`,
    not_in_yet: `not in yet: ${platform} has not reported ${day(on)}`,
    missing: "a day before is missing",
    definition_break: `${platform} counted differently then`,
  }[state];
}

export function sourceOf(platform: ReleaseStartPlatform): string {
  const sources = platform.source.map((each) => SOURCES[each]).join(", ");
  const until = platform.known_until ? `in until ${day(platform.known_until)}` : "nothing in yet";
  return `${platform.unit}, ${sources}, ${until}, days in ${platform.time_zone}`;
}

export function paceInWords(pace: ReleasePace, unit: string): string {
  return (
    `${compact(pace.low)} to ${compact(pace.high)} ${unitLabel(pace.high, unit)} after ${pace.age} days ` +
    `(${day(pace.on)}), by how ${plural(pace.releases, "earlier release")} of the artist grew from day ${pace.from_age} on. ` +
    `If releases are alike, the next one ends in this range in ${pace.likelihood_percent}% of cases.`
  );
}

export function factsOf(start: ReleaseStart): string {
  const { kind, released_on } = start.release;
  return [kind, released_on ? WORDS.out(released_on, start.complete_days) : WORDS.noDay].filter(Boolean).join(" · ");
}
