import type { CalendarItem } from "@/lib/api/types";

export const KINDS: Record<CalendarItem["kind"], string> = {
  release: "Release",
  campaign: "Campaign",
  post: "Post",
  show: "Show",
  pitch: "Pitch",
  playlist: "Playlist",
  press: "Press",
  note: "Note",
};

export const STATUSES = { open: "Open", sent: "Sent", accepted: "Accepted", declined: "Declined" } as const;

/** What a person enters; releases, campaigns and posts come from elsewhere too. */
export const ENTERED_KINDS = ["show", "pitch", "press", "playlist", "release", "post", "campaign", "note"] as const;
