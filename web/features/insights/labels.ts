export const DETECTORS: Record<string, { name: string; description: string }> = {
  spike: { name: "Spike", description: "Single days far outside what is usual for this artist." },
  unusual_streams: {
    name: "Worth checking",
    description: "Far more streams for each listener than usual, while saves and followers stayed where they were.",
  },
  playlist_move: {
    name: "Playlist",
    description: "A song entered or left a playlist between two exports, or much of it hangs on one.",
  },
  release_age: {
    name: "New release",
    description: "Its first complete days beside those of the artist’s earlier releases at the same age.",
  },
  past_numbers: {
    name: "First numbers",
    description: "What a first sync, a backfill or an import brought of the past.",
  },
  correction: {
    name: "Correction",
    description: "A platform took back part of a total: removed plays or accounts, or a recount.",
  },
  level_shift: { name: "New level", description: "The usual day is clearly higher or lower than it was." },
  trend_change: { name: "Trend change", description: "The weekly trend turned, or got much steeper or flatter." },
  milestone: { name: "Milestone", description: "A round number was reached for the first time." },
  growth: { name: "Growth", description: "The period is compared with the one before it." },
  stale_data: { name: "Stale data", description: "Data that should have arrived did not." },
};

export const SEVERITIES = {
  important: { name: "Important", tone: "bad" },
  notice: { name: "Notice", tone: "warn" },
  info: { name: "Info", tone: "neutral" },
} as const;
