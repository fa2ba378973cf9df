import type { Tone } from "@/components/ui/badge";
import type { Import, ImportRow } from "@/lib/api/types";
import { exact, plural } from "@/lib/format";

export const STATUS: Record<Import["status"], { name: string; tone: Tone }> = {
  previewed: { name: "To commit", tone: "accent" },
  committed: { name: "Imported", tone: "good" },
  undone: { name: "Undone", tone: "neutral" },
  refused: { name: "Refused", tone: "bad" },
};

export const ROW_STATUS: Record<ImportRow["status"], { name: string; tone: Tone }> = {
  accepted: { name: "Accepted", tone: "good" },
  warning: { name: "Warning", tone: "warn" },
  rejected: { name: "Rejected", tone: "bad" },
};

/** Describe an import in one line. */
export function importSummaryLabel(item: Import): string {
  if (item.refusal) return item.refusal;
  const { rows, rejected, observations, money_lines, recorded } = item.summary;
  const parts = [
    plural(rows, "row"),
    rejected ? `${exact(rejected)} rejected` : "",
    money_lines ? plural(money_lines, "line") : plural(observations, "value"),
  ];
  if (recorded)
    parts.push(
      `${exact(recorded.new)} new, ${exact(recorded.restated)} restated, ${exact(recorded.unchanged)} unchanged`,
    );
  return parts.filter(Boolean).join(" · ");
}
