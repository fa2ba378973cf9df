import { Card, CardHeader } from "@/components/ui/card";
import { exact, percent } from "@/lib/format";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { useCalibration } from "./queries";
import { t } from "./messages";

/** How often the ranges were right in the org's own past, where nothing happened. */
export function CalibrationCard() {
  const { data } = useCalibration();
  if (!data) return null;
  return (
    <Card aria-labelledby="calibration-title" className="mt-4">
      <CardHeader
        id="calibration-title"
        title={t("calibration.title")}
        note={data.windows > 0 ? t("calibration.note", { count: data.windows }) : undefined}
      />
      <div className="grid gap-3 px-4 pb-4 text-sm">
        <p className="max-w-prose">{data.text}</p>
        {data.windows > 0 && (
          <>
            <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
              <Figure
                name={t("calibration.right")}
                value={percent(data.coverage_percent)}
                note={t("calibration.rightGoal")}
              />
              <Figure
                name={t("calibration.falseAlarms")}
                value={percent(data.false_positive_percent)}
                note={t("calibration.falseGoal")}
              />
              <Figure
                name={t("calibration.cannotTell")}
                value={percent(data.inconclusive_percent)}
                note={t("calibration.ofPeriods")}
              />
              <Figure
                name={t("calibration.quarterSeen")}
                value={percent(data.power_percent)}
                note={t("calibration.ofPeriods")}
              />
            </dl>
            <ul className="divide-y divide-line rounded-card border border-line">
              {data.metrics.map((each) => (
                <li key={each.provider + each.metric} className="flex flex-wrap gap-x-4 gap-y-0.5 px-3 py-1.5">
                  <span className="min-w-0 flex-1 basis-40 font-medium">
                    {t("calibration.metric", {
                      provider: each.provider_name,
                      metric: metricInSentence(each.metric, each.name),
                    })}
                  </span>
                  <span className="num text-muted">
                    {[
                      each.answered > 0
                        ? t("calibration.held", { held: exact(each.held), count: each.answered })
                        : t("calibration.noneAnswered", { count: each.windows }),
                      each.detectable_percent != null &&
                        t("calibration.detectable", { percent: percent(each.detectable_percent) }),
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Card>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="num text-lg font-semibold">{value}</dd>
      <dd className="text-xs text-muted">{note}</dd>
    </div>
  );
}
