import type { Import } from "@/lib/api/types";
import { progressLabel } from "./labels";
import { t } from "./messages";

/** How far the job of a large file is; the page asks again each second. */
export function ImportProgress({ item }: { item: Import }) {
  const { done, total } = item.progress ?? { done: 0, total: 0 };
  const label = progressLabel(item);
  return (
    <div className="grid gap-1.5" role="status">
      <p className="text-sm">
        <span className="font-medium">{t("progress.status", { status: t(`status.${item.status}`) })}</span>{" "}
        <span className="text-muted">{label}</span>
      </p>
      <progress className="h-1.5 w-full accent-accent" aria-label={label} value={done} max={Math.max(total, 1)} />
      <p className="text-sm text-muted">{t("progress.goesOn")}</p>
    </div>
  );
}
