import dynamic from "next/dynamic";
import type { LiftPoint } from "@/components/charts/lift-chart";
import { Skeleton } from "@/components/ui/skeleton";
import type { CampaignLift } from "@/lib/api/types";
import { dayRange, moment, money, percent, plural } from "@/lib/format";
import { providerLook } from "@/lib/providers";
import { Donors } from "./donors";
import { PlaceboStrip } from "./placebo-strip";

const LiftChart = dynamic(() => import("@/components/charts/lift-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-60" />,
});

const HEADS = { inconclusive: "Cannot tell", open: "Not measured yet" } as const;

/** A stream costs fractions of a cent, so small costs are given per 1,000. */
function costRange({ cost_low_minor: low, cost_high_minor: high, currency, unit }: CampaignLift): string | null {
  if (low == null) return null;
  const [many, per] = low >= 100 ? [1, "each"] : [1000, `per 1,000 ${unit}`];
  const least = money(low * many, currency);
  return high == null ? `at least ${least} ${per}` : `${least} to ${money(high * many, currency)} ${per}`;
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
          What it added
        </h3>
        <p className="num mt-0.5 text-2xl font-semibold">{lift.state === "measured" ? lift.text : HEADS[lift.state]}</p>
        {lift.state === "measured" && (
          <p className="text-xs text-muted">
            of what would have been usual; a 90 % range
            {lift.from && lift.to ? `, ${dayRange(lift.from, lift.to)}` : ""}
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
          title={`${look.name} ${lift.unit}: counted and usual`}
          points={points(lift)}
          from={lift.from ?? ""}
          to={lift.to ?? ""}
          unit={lift.unit}
          color={look.color}
        />
        <p className="text-xs text-muted">
          Solid: counted. Dashed: by the comparison. Grey: what would have been usual in the days of the campaign; the
          range holds for their sum. Source: {lift.source}. Measured {moment(lift.measured_at)}.
        </p>
      </div>
      <dl className="grid grid-cols-1 gap-3 rounded-card border border-line p-3 text-sm sm:grid-cols-2">
        <div>
          <dt className="text-xs text-muted">Cost of what it added</dt>
          <dd className="num font-medium">
            {lift.money_null_reason
              ? "not open to you"
              : (cost ?? (lift.spent_minor ? "none: nothing was added" : "no costs entered"))}
          </dd>
        </div>
        <div>
          <dt className="text-xs text-muted">What could have been seen here</dt>
          <dd className="num font-medium">about +{percent(lift.detectable_percent)} or more</dd>
        </div>
      </dl>
      <div>
        <h4 className="mb-1.5 text-sm font-medium">The same where nothing happened</h4>
        <PlaceboStrip lift={lift} />
      </div>
      <div>
        <h4 className="mb-1.5 text-sm font-medium">
          Compared with {plural(lift.compared, "artist or song", "artists and songs")}
        </h4>
        <Donors lift={lift} />
      </div>
    </>
  );
}
