import type { Tone } from "@/components/ui/badge";
import type { Import, ImportRow } from "@/lib/api/types";
import { exact, fileSize, plural } from "@/lib/format";

/** A job reads, commits or undoes the file. */
export const WORKING: Import["status"][] = ["reading", "committing", "undoing"];

export const STATUS: Record<Import["status"], { name: string; tone: Tone }> = {
  reading: { name: "Being read", tone: "neutral" },
  committing: { name: "Being imported", tone: "neutral" },
  undoing: { name: "Being undone", tone: "neutral" },
  previewed: { name: "To commit", tone: "accent" },
  committed: { name: "Imported", tone: "good" },
  undone: { name: "Undone", tone: "neutral" },
  refused: { name: "Refused", tone: "bad" },
};

/** Whose team exported a file: "artist", "label" or "label: Night Owl Records". */
export function scopeLabel(scope: string): string {
  if (scope === "artist") return "The artist’s team: all tracks";
  const name = scope.startsWith("label: ") ? scope.slice("label: ".length) : null;
  return name ? `The team of ${name}: that label’s tracks only` : "A label’s team: that label’s tracks only";
}

export const ROW_STATUS: Record<ImportRow["status"], { name: string; tone: Tone }> = {
  accepted: { name: "Accepted", tone: "good" },
  warning: { name: "Warning", tone: "warn" },
  rejected: { name: "Rejected", tone: "bad" },
};

/** Describe an import in one line. */
export function importSummaryLabel(item: Import): string {
  if (item.refusal) return item.refusal;
  if (WORKING.includes(item.status)) return progressLabel(item);
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

/** How far the job of a large file is. */
export function progressLabel({ status, progress }: Import): string {
  const { done, total } = progress ?? { done: 0, total: 0 };
  if (status === "reading") return `${fileSize(done)} of ${fileSize(total)} read`;
  if (status === "undoing" || total === 0) return "Waiting for the result";
  return `${exact(done)} of ${plural(total, "line")} recorded`;
}
