import { Card, CardHeader } from "@/components/ui/card";
import { percent, plural } from "@/lib/format";
import { useCalibration } from "./queries";

/** How often the ranges were right in the org's own past, where nothing happened. */
export function CalibrationCard() {
  const { data } = useCalibration();
  if (!data) return null;
  return (
    <Card aria-labelledby="calibration-title" className="mt-4">
      <CardHeader
        id="calibration-title"
        title="How far to trust the ranges"
        note={
          data.windows > 0
            ? `Checked on ${plural(data.windows, "period")} of your own past in which nothing was released or advertised`
            : undefined
        }
      />
      <div className="grid gap-3 px-4 pb-4 text-sm">
        <p className="max-w-prose">{data.text}</p>
        {data.windows > 0 && (
          <>
            <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
              <Figure name="Ranges that were right" value={percent(data.coverage_percent)} note="goal: 90 %" />
              <Figure name="False alarms" value={percent(data.false_positive_percent)} note="goal: at most 10 %" />
              <Figure name="Could not tell" value={percent(data.inconclusive_percent)} note="of the periods" />
              <Figure name="A quarter more seen" value={percent(data.power_percent)} note="of the periods" />
            </dl>
            <ul className="divide-y divide-line rounded-card border border-line">
              {data.metrics.map((each) => (
                <li key={each.provider + each.metric} className="flex flex-wrap gap-x-4 gap-y-0.5 px-3 py-1.5">
                  <span className="min-w-0 flex-1 basis-40 font-medium">
                    {each.provider_name} {each.name.toLowerCase()}
                  </span>
                  <span className="num text-muted">
                    {each.answered > 0
                      ? `${each.held} of ${plural(each.answered, "range")} right`
                      : `could not tell in any of ${plural(each.windows, "period")}`}
                    {each.detectable_percent != null &&
                      ` · sees about +${percent(each.detectable_percent)} and more in two weeks`}
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
