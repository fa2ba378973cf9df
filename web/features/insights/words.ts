export const DETECTORS: Record<string, { name: string; explains: string }> = {
  spike: { name: "Spike", explains: "Single days far outside what is usual for this artist." },
  level_shift: { name: "New level", explains: "The usual day is clearly higher or lower than it was." },
  trend_change: { name: "Trend change", explains: "The weekly trend turned, or got much steeper or flatter." },
  milestone: { name: "Milestone", explains: "A round number was reached for the first time." },
  growth: { name: "Growth", explains: "The period is compared with the one before it." },
  stale_data: { name: "Stale data", explains: "Numbers that should have come did not." },
};

export const SEVERITIES = {
  important: { name: "Important", tone: "bad" },
  notice: { name: "Notice", tone: "warn" },
  info: { name: "Info", tone: "neutral" },
} as const;
