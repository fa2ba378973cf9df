import type { Tone } from "@/components/ui/badge";
import type { Import, ImportRow } from "@/lib/api/types";
import { fileSize } from "@/lib/format";
import { t } from "./messages";

/** A job reads, commits or undoes the file. */
export const WORKING: Import["status"][] = ["reading", "committing", "undoing"];

export const STATUS_TONES: Record<Import["status"], Tone> = {
  reading: "neutral",
  committing: "neutral",
  undoing: "neutral",
  previewed: "accent",
  committed: "good",
  undone: "neutral",
  refused: "bad",
};

/** Whose team exported a file: "artist", "label" or "label: Night Owl Records". */
export function scopeLabel(scope: string): string {
  if (scope === "artist") return t("scope.artist");
  const name = scope.startsWith("label: ") ? scope.slice("label: ".length) : null;
  return name ? t("scope.labelNamed", { name }) : t("scope.label");
}

export const ROW_TONES: Record<ImportRow["status"], Tone> = { accepted: "good", warning: "warn", rejected: "bad" };

/** Describe an import in one line. */
export function importSummaryLabel(item: Import): string {
  if (item.refusal) return item.refusal;
  if (WORKING.includes(item.status)) return progressLabel(item);
  const { rows, rejected, observations, money_lines, recorded } = item.summary;
  const parts = [
    t("counts.rows", { count: rows }),
    rejected ? t("counts.rejected", { count: rejected }) : "",
    money_lines ? t("counts.lines", { count: money_lines }) : t("counts.values", { count: observations }),
  ];
  if (recorded) parts.push(t("counts.recorded", { ...recorded }));
  return parts.filter(Boolean).join(" · ");
}

/** How far the job of a large file is. */
export function progressLabel({ status, progress }: Import): string {
  const { done, total } = progress ?? { done: 0, total: 0 };
  if (status === "reading") return t("progress.read", { done: fileSize(done), total: fileSize(total) });
  if (status === "undoing" || total === 0) return t("progress.waiting");
  return t("progress.recorded", { done, total });
}
