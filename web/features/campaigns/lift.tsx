import dynamic from "next/dynamic";
import type { LiftPoint } from "@/components/charts/lift-chart";
import { Skeleton } from "@/components/ui/skeleton";
import type { CampaignLift } from "@/lib/api/types";
import { dayRange, moment, money, percent, unitName } from "@/lib/format";
import { providerLook } from "@/lib/providers";
import { Donors } from "./donors";
import { t } from "./messages";
import { PlaceboStrip } from "./placebo-strip";

const LiftChart = dynamic(() => import("@/components/charts/lift-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-60" />,
});

/** A stream costs fractions of a cent, so small costs are given per 1,000. */
function costRange({ cost_low_minor: low, cost_high_minor: high, currency, unit }: CampaignLift): string | null {
  if (low == null) return null;
  const [many, key] = low >= 100 ? [1, "costEach" as const] : [1000, "costMany" as const];
  const values = { low: money(low * many, currency), unit: unitName(unit) };
  return high == null
    ? t(`lift.${key}AtLeast`, values)
    : t(`lift.${key}`, { ...values, high: money(high * many, currency) });
}

function points(lift: CampaignLift): LiftPoint[] {
  const { actual, expected, low_percent: low, high_percent: high } = lift;
  if (!actual || !expected || low == null || high == null) return [];
  const share = [actual / (1 + high / 100) / expected, actual / (1 + low / 100) / expected] as const;
  return lift.days.map((day) => ({
    on: day.on,
    actual: day.actual,
    expected: day.expected,
    band: day.during ? [day.expected * share[0], day.expected * share[1]] : null,
  }));
}

/** What the campaign added to its goal: the range, what it means, and what it rests on; or why nobody can tell. */
export function Lift({ lift }: { lift: CampaignLift }) {
  return (
    <section aria-labelledby="lift-title" className="grid grid-cols-1 gap-4">
      <div>
        <h3 id="lift-title" className="text-sm font-medium">
          {t("lift.title")}
        </h3>
        <p className="num mt-0.5 text-2xl font-semibold">
          {lift.state === "measured" ? lift.text : t(`lift.${lift.state}`)}
        </p>
        {lift.state === "measured" && (
          <p className="text-xs text-muted">
            {lift.from && lift.to ? t("lift.noteDays", { days: dayRange(lift.from, lift.to) }) : t("lift.note")}
          </p>
        )}
      </div>
      <div className="grid gap-2 text-sm">
        {lift.sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {lift.state === "measured" && <Measured lift={lift} />}
    </section>
  );
}

function Measured({ lift }: { lift: CampaignLift }) {
  const look = providerLook(lift.provider);
  const cost = costRange(lift);
  return (
    <>
      <div>
        <LiftChart
          title={t("lift.chart", { provider: look.name, unit: unitName(lift.unit) })}
          points={points(lift)}
          from={lift.from ?? ""}
          to={lift.to ?? ""}
          unit={lift.unit}
          color={look.color}
        />
        <p className="text-xs text-muted">
          {t("lift.chartNote", { source: lift.source, moment: moment(lift.measured_at) })}
        </p>
      </div>
      <dl className="grid grid-cols-1 gap-3 rounded-card border border-line p-3 text-sm sm:grid-cols-2">
        <div>
          <dt className="text-xs text-muted">{t("lift.cost")}</dt>
          <dd className="num font-medium">
            {lift.money_null_reason
              ? t("notOpen")
              : (cost ?? (lift.spent_minor ? t("lift.costNothing") : t("lift.costMissing")))}
          </dd>
        </div>
        <div>
          <dt className="text-xs text-muted">{t("lift.detectable")}</dt>
          <dd className="num font-medium">
            {t("lift.detectableValue", { percent: percent(lift.detectable_percent) })}
          </dd>
        </div>
      </dl>
      <div>
        <h4 className="mb-1.5 text-sm font-medium">{t("lift.placebos")}</h4>
        <PlaceboStrip lift={lift} />
      </div>
      <div>
        <h4 className="mb-1.5 text-sm font-medium">{t("lift.compared", { count: lift.compared })}</h4>
        <Donors lift={lift} />
      </div>
    </>
  );
}
