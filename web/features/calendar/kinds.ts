import type { CalendarItem } from "@/lib/api/types";

export const KINDS = [
  "release",
  "campaign",
  "post",
  "show",
  "pitch",
  "playlist",
  "press",
  "note",
] as const satisfies CalendarItem["kind"][];

/** What a person enters; releases, campaigns and posts come from elsewhere too. */
export const ENTERED_KINDS = ["show", "pitch", "press", "playlist", "release", "post", "campaign", "note"] as const;

export const STATUSES = ["open", "sent", "accepted", "declined"] as const;
