import type { FirstStep, Need } from "@/lib/api/types";
import { t } from "./messages";

/** How many artists can be compared at once. */
export const MAX_COMPARED = 6;

/** Where a step is taken; null: on the home page. */
export const FIRST_STEPS: Record<FirstStep["kind"], string | null> = {
  artist: null,
  numbers: "/imports/",
  story: "/insights/",
  channel: "/automation/",
  invitation: "/members/",
};

/** Where what waits is done. */
export const NEEDS: Record<Need["kind"], string> = {
  reconnect: "/accounts/",
  import_questions: "/imports/review/",
  exports_due: "/imports/desk/",
  failed_deliveries: "/automation/",
};

/** "Ash, Birch and 3 more". */
export function namesOf({ artists, artist_count }: Need): string {
  const names = artists.map((artist) => artist.name).join(", ");
  const more = artist_count - artists.length;
  return more > 0 ? t("needs.names", { names, count: more }) : names;
}
