import { CircleCheck, TriangleAlert } from "lucide-react";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { Import, ImportPreview } from "@/lib/api/types";
import { dayRange, exact, plural, shortDay } from "@/lib/format";
import { scopeLabel, STATUS } from "./labels";

const MISSING_SHOWN = 6;

/** "audience.monthly_listeners" → "monthly listeners". */
const metricLabel = (slug: string) => slug.slice(slug.indexOf(".") + 1).replaceAll("_", " ");

/** Counts of the file's rows and days; totals are compared with the file's own. */
export function ImportSummary({ item }: { item: Import | ImportPreview }) {
  const { summary } = item;
  const missing = summary.days?.missing_count ?? 0;
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={STATUS[item.status].tone}>{STATUS[item.status].name}</Badge>
        {item.provider && <ProviderName provider={item.provider} />}
        {summary.days && <span className="text-muted">{dayRange(summary.days.first, summary.days.last)}</span>}
      </div>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line sm:grid-cols-4">
        {[
          ["Rows", summary.rows],
          ["Accepted", summary.accepted],
          ["Warning", summary.warnings],
          ["Rejected", summary.rejected],
        ].map(([name, value]) => (
          <div key={name} className="bg-panel px-3 py-2">
            <dt className="text-xs text-muted">{name}</dt>
            <dd className="num text-lg font-semibold">{exact(value as number)}</dd>
          </div>
        ))}
      </dl>
      <ul className="grid gap-1 text-sm text-muted">
        {item.options.scope?.startsWith("label") && <li className="text-fg">{scopeLabel(item.options.scope)}</li>}
        <li>
          {summary.money_lines > 0
            ? plural(summary.money_lines, "line of royalties", "lines of royalties")
            : `${plural(summary.observations, "value")} of ${summary.metrics.map(metricLabel).join(", ") || "no metric"}`}
          {summary.assets > 0 && `, about ${plural(summary.assets, "track or video", "tracks or videos")}`}
        </li>
        {"money" in item &&
          item.money.map((total) => (
            <li key={total.currency}>
              {total.amount} {total.currency} in {plural(total.lines, "line")}
            </li>
          ))}
        {missing > 0 && (
          <li className="text-warn">
            {plural(missing, "day is", "days are")} missing (
            {summary.days!.missing.slice(0, MISSING_SHOWN).map(shortDay).join(", ")}
            {missing > MISSING_SHOWN && ", …"}). {missing === 1 ? "It remains a gap" : "They remain gaps"}.
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
            {check.column}: the file’s total {exact(check.total)} {check.matches ? "equals" : "differs from"} the sum of
            its rows{check.matches ? "" : `, ${exact(check.sum)}`}
          </li>
        ))}
        {summary.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        {summary.recorded && (
          <li className="text-fg">
            Recorded: {exact(summary.recorded.new)} new, {exact(summary.recorded.restated)} restated,{" "}
            {exact(summary.recorded.unchanged)} unchanged
            {summary.kept > 0 && `, ${exact(summary.kept)} left out because a newer export holds their days`}
          </li>
        )}
      </ul>
    </div>
  );
}
