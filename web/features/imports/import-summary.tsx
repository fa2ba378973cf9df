import { CircleCheck, TriangleAlert } from "lucide-react";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { Import, ImportPreview } from "@/lib/api/types";
import { currencyAmount, dayRange, exact, shortDay } from "@/lib/format";
import { scopeLabel, STATUS_TONES } from "./labels";
import { t } from "./messages";

const MISSING_SHOWN = 6;
const COUNTS = ["rows", "accepted", "warnings", "rejected"] as const;

/** "audience.monthly_listeners" → "monthly listeners". */
const metricLabel = (slug: string) => slug.slice(slug.indexOf(".") + 1).replaceAll("_", " ");

function contentsLabel({ money_lines, observations, metrics, assets }: Import["summary"]): string {
  const contents =
    money_lines > 0
      ? t("summary.lines", { count: money_lines })
      : t("summary.values", {
          count: observations,
          metrics: metrics.map(metricLabel).join(", ") || t("summary.noMetric"),
        });
  return assets > 0 ? t("summary.about", { contents, count: assets }) : contents;
}

const missingDays = (days: string[], count: number): string =>
  [...days.slice(0, MISSING_SHOWN).map(shortDay), ...(count > MISSING_SHOWN ? ["…"] : [])].join(", ");

/** Counts of the file's rows and days; totals are compared with the file's own. */
export function ImportSummary({ item }: { item: Import | ImportPreview }) {
  const { summary } = item;
  const missing = summary.days?.missing_count ?? 0;
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={STATUS_TONES[item.status]}>{t(`status.${item.status}`)}</Badge>
        {item.provider && <ProviderName provider={item.provider} />}
        {summary.days && <span className="text-muted">{dayRange(summary.days.first, summary.days.last)}</span>}
      </div>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line sm:grid-cols-4">
        {COUNTS.map((name) => (
          <div key={name} className="bg-panel px-3 py-2">
            <dt className="text-xs text-muted">{t(`summary.${name}`)}</dt>
            <dd className="num text-lg font-semibold">{exact(summary[name])}</dd>
          </div>
        ))}
      </dl>
      <ul className="grid gap-1 text-sm text-muted">
        {item.options.scope?.startsWith("label") && <li className="text-fg">{scopeLabel(item.options.scope)}</li>}
        <li>{contentsLabel(summary)}</li>
        {"money" in item &&
          item.money.map((total) => (
            <li key={total.currency} title={`${total.amount} ${total.currency}`}>
              {t("summary.money", {
                amount: currencyAmount(Number(total.amount), total.currency),
                count: total.lines,
              })}
            </li>
          ))}
        {missing > 0 && (
          <li className="text-warn">
            {t("summary.missing", { count: missing, days: missingDays(summary.days!.missing, missing) })}
          </li>
        )}
        {summary.totals_check.map((check) => (
          <li
            key={check.column}
            className={check.matches ? "flex items-center gap-1.5" : "flex items-center gap-1.5 text-warn"}
          >
            {check.matches ? (
              <CircleCheck className="size-4 text-up" aria-hidden />
            ) : (
              <TriangleAlert className="size-4" aria-hidden />
            )}
            {t(check.matches ? "summary.totalEquals" : "summary.totalDiffers", {
              column: check.column,
              total: exact(check.total),
              sum: exact(check.sum),
            })}
          </li>
        ))}
        {summary.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        {summary.recorded && (
          <li className="text-fg">
            {t(summary.kept > 0 ? "summary.recordedSomeKept" : "summary.recorded", {
              ...summary.recorded,
              kept: summary.kept,
            })}
          </li>
        )}
      </ul>
    </div>
  );
}
