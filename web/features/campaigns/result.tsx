import { Delta } from "@/components/delta";
import type { CampaignResult } from "@/lib/api/types";
import { describeChange } from "@/lib/change";
import { now } from "@/lib/clock";
import { compact, day, dayRange, exact, money, percent, unitLabel } from "@/lib/format";
import { providerLook } from "@/lib/providers";
import { t } from "./messages";

type Window = CampaignResult["before"];
type Unbroken = NonNullable<CampaignResult["unbroken"]>;

function Bar({
  name,
  window,
  unit,
  top,
  color,
}: {
  name: string;
  window: Window | null;
  unit: string;
  top: number;
  color: string;
}) {
  return (
    <div className="min-w-0">
      <div className="flex h-24 items-end rounded-md bg-hover">
        {window?.value != null && (
          <div
            aria-hidden
            className="w-full rounded-md"
            style={{ height: `${Math.max(2, (Math.max(window.value, 0) / top) * 100)}%`, background: color }}
          />
        )}
      </div>
      <p className="mt-1.5 text-xs text-muted">{name}</p>
      <p className="num font-semibold" title={window ? exact(window.value) : undefined}>
        {compact(window?.value)}{" "}
        <span className="text-xs font-normal text-muted">
          {window?.value != null ? unitLabel(window.value, unit) : window?.null_reason}
        </span>
      </p>
      <p className="text-xs text-muted">
        {window
          ? t("result.days", {
              range: dayRange(window.from, window.to),
              known: exact(window.days_with_data),
              count: window.days,
            })
          : t("result.later")}
      </p>
    </div>
  );
}

/** The same comparison by the metric that goes on with the old meaning. */
function UnbrokenWindows({ result, base, color }: { result: Unbroken; base: string; color: string }) {
  const windows = [result.before, result.during, result.after];
  const top = Math.max(1, ...windows.map((window) => window?.value ?? 0));
  const change = describeChange(result.during.value, result.before.value, base, result.before.null_reason);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h4 className="text-sm font-medium">{t("result.unbroken", { name: result.name })}</h4>
        <Delta change={change} className="text-muted" />
        <span className="text-xs text-muted">{change.note}</span>
      </div>
      <div className="grid grid-cols-3 gap-3">
        <Bar name={t("result.before")} window={result.before} unit={result.unit} top={top} color={color} />
        <Bar name={t("result.during")} window={result.during} unit={result.unit} top={top} color={color} />
        <Bar name={t("result.after")} window={result.after} unit={result.unit} top={top} color={color} />
      </div>
    </div>
  );
}

/** The values before, during and after the campaign. */
export function Result({ result }: { result: CampaignResult }) {
  const windows = [result.before, result.during, result.after];
  const top = Math.max(1, ...windows.map((window) => window?.value ?? 0));
  const color = providerLook(result.provider).color;
  const base = t("result.base", { count: result.before.days });
  const hasBegun = result.during.from <= new Date(now()).toISOString().slice(0, 10);
  const changed = result.definition_break;
  // Both values may be known and yet not comparable: the platform changed what it counts between them.
  const comparable = result.change != null || !changed;
  const change = describeChange(
    comparable ? result.during.value : null,
    result.before.value,
    base,
    changed
      ? t("result.changed", { provider: providerLook(result.provider).name, day: day(changed.on), note: changed.note })
      : (result.before.null_reason ?? result.during.null_reason),
  );
  return (
    <section aria-labelledby="result-title" className="grid gap-4">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 id="result-title" className="text-sm font-medium">
          {t("result.title")}
        </h3>
        {hasBegun && <Delta change={change} className="text-muted" />}
        <span className="text-xs text-muted">{hasBegun ? change.note : t("result.notBegun")}</span>
      </div>
      {hasBegun && (
        <div className="grid grid-cols-3 gap-3">
          <Bar name={t("result.before")} window={result.before} unit={result.unit} top={top} color={color} />
          <Bar name={t("result.during")} window={result.during} unit={result.unit} top={top} color={color} />
          <Bar name={t("result.after")} window={result.after} unit={result.unit} top={top} color={color} />
        </div>
      )}
      {hasBegun && result.unbroken && <UnbrokenWindows result={result.unbroken} base={base} color={color} />}
      <dl className="grid grid-cols-2 gap-3 rounded-card border border-line p-3 text-sm">
        <div>
          <dt className="text-xs text-muted">{t("result.goal")}</dt>
          <dd className="num font-medium">
            {percent(result.goal_progress_percent)}{" "}
            {result.goal_target != null && (
              <span className="font-normal text-muted">
                {t("result.ofTarget", {
                  target: `${compact(result.goal_target)} ${unitLabel(result.goal_target, result.unit)}`,
                })}
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt className="text-xs text-muted">{t("result.spent")}</dt>
          <dd className="num font-medium" title={result.money_null_reason ?? undefined}>
            {result.money_null_reason ? t("notOpen") : money(result.spent_minor, result.currency)}
          </dd>
        </div>
      </dl>
      <p className="text-xs text-muted">
        {[result.basis && t(`basis.${result.basis}`), t("result.source", { source: result.source }), result.note]
          .filter(Boolean)
          .join(" ")}
      </p>
    </section>
  );
}
