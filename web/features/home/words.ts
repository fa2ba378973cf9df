import type { FirstStep, HomeRoster, Need } from "@/lib/api/types";
import { plural } from "@/lib/format";

// Every sentence of the home page stands here.

/** How many artists can be compared at once. */
export const MAX_COMPARED = 6;

export const WORDS = {
  title: "Home",
  lead: "What changed across the roster, and what needs you.",
  stories: "What changed",
  storiesSince: (day: string, kind: "session" | "week") =>
    kind === "session" ? `Since your last visit on ${day}` : `Since ${day}`,
  sinceLabel: "Since when",
  sinceWeek: "Monday",
  sinceSession: "Last visit",
  noStories: "Nothing stands out.",
  noStoriesHint: "Falls, jumps, new levels and round numbers of these days would stand here.",
  allInsights: "All insights",
  check: "Next:",
  also: (count: number) => `and ${count} more`,
  unread: "New",
  needs: "Needs you",
  nothingNeeded: "Nothing waits for you.",
  thisPage: "What changed",
  firstSteps: "First steps",
  firstStepsDone: (done: number, all: number) => `${done} of ${all} done`,
  stepDone: "Done",
  sample: "Try with sample data",
  sampleArtist: "Sample artist (made-up numbers)",
  sampleFile: "made-up-numbers.csv",
  sampleAdded: "A sample artist with made-up numbers is on the roster. Remove it on its page whenever you like.",
  roster: "Roster",
  theRoster: "The roster",
  rosterNote: (days: number) => `The last ${days} days against the ${days} before; each column means one thing.`,
  find: "Find an artist",
  ownArtists: "My artists",
  noOwn: "None of your artists match",
  noOwnHint: "Star an artist to find them here.",
  group: "Group",
  allGroups: "All groups",
  tag: "Tag",
  allTags: "All tags",
  sort: "Sort by",
  sortName: "Name",
  sortInsights: "New stories",
  sortUpdated: "Newest numbers",
  sortValue: (platform: string, metric: string) => `${platform}: ${metric}`,
  sortFalls: (platform: string) => `${platform}: falls first`,
  sortRises: (platform: string) => `${platform}: rises first`,
  artist: "Artist",
  newStories: "New",
  updated: "Updated",
  reconnect: "Reconnect",
  star: (name: string, isStarred: boolean) => (isStarred ? `${name}: not mine any more` : `${name}: one of mine`),
  noDetails: "No details yet",
  noNumber: (metric: string) => `No ${metric} of this artist yet`,
  storiesOf: (count: number, name: string) => `${plural(count, "new story", "new stories")} about ${name}`,
  shown: (from: number, to: number, total: number) => `${from}–${to} of ${plural(total, "artist")}`,
  previous: "Previous",
  next: "Next",
  compareArtist: (name: string) => `Compare ${name}`,
  compare: (count: number) => (count > 1 ? `Compare ${count}` : "Compare: choose one more"),
  chosen: (count: number) => `${plural(count, "artist")} chosen`,
  chosenFull: "Six are compared at most.",
  clearChosen: "Choose none",
  addArtist: "Add artist",
  emptyTitle: "Your roster is empty",
  emptyListTitle: "No artists yet",
  emptyList:
    "You see the artists on your list, and nobody is on it yet. Ask an admin of the organisation to add yours.",
  emptyCanAdd: "Add the first artist, then connect an account or drop an export file: the numbers follow.",
  emptyReader: "A manager or an admin of the organisation can add artists.",
} as const;

/** What a column's number is, below the metric's name. */
export function basisWords(basis: HomeRoster["columns"][number]["basis"], days: number): string {
  return {
    sum: `in ${days} days`,
    gain: `gained in ${days} days`,
    last: "latest",
    mean: "daily average",
    day: "one day",
  }[basis];
}

/** Why a number has no change, in the room of a table cell; the whole reason is its title. */
export const SHORT_REASONS = {
  no_previous: "no base",
  definition_break: "new count",
  fell: "corrected",
  days_missing: "days missing",
  rounded: "rounded",
  small_base: "small base",
} as const;

type StepWords = { title: string; hint: string; href: string | null };

/** Without `href` the step is taken on the home page. */
export const FIRST_STEPS: Record<FirstStep["kind"], StepWords> = {
  artist: { title: "Add an artist", hint: "By name; everything else hangs on it.", href: null },
  numbers: { title: "Bring in numbers", hint: "Drop an export, or connect an account.", href: "/imports/" },
  story: {
    title: "Read the first story",
    hint: "Comes by itself once there are some weeks of days.",
    href: "/insights/",
  },
  channel: { title: "Choose a channel", hint: "Slack, e-mail, SMS or n8n.", href: "/automation/" },
  invitation: { title: "Invite somebody", hint: "With a role, and all artists or some.", href: "/members/" },
};

type NeedWords = { text: (need: Need) => string; href: string };

export const NEEDS: Record<Need["kind"], NeedWords> = {
  reconnect: {
    text: ({ count }) => `Reconnect ${plural(count, "account")}`,
    href: "/accounts/",
  },
  import_questions: {
    text: ({ count }) => `Answer the questions of ${plural(count, "file")}`,
    href: "/imports/review/",
  },
  exports_due: {
    text: ({ count }) => `Bring ${plural(count, "export")} that ${count === 1 ? "is" : "are"} due`,
    href: "/imports/desk/",
  },
  failed_deliveries: {
    text: ({ count }) => `Look at ${plural(count, "message")} that could not be delivered`,
    href: "/automation/",
  },
};

/** "Ash, Birch and 3 more". */
export function namesOf({ artists, artist_count }: Need): string {
  const names = artists.map((artist) => artist.name).join(", ");
  const more = artist_count - artists.length;
  return more > 0 ? `${names} and ${more} more` : names;
}
