import type { CampaignLift } from "@/lib/api/types";
import { percent, signedPercent } from "@/lib/format";
import { t } from "./messages";

const STEPS = [5, 10, 20, 25, 50, 100, 200, 400];

/** A position in percent of the width, by ratio: twice as much lies as far from 0 as half as much. */
function place(value: number, reach: number): number {
  const log = (share: number) => Math.log(Math.max(0.02, 1 + share / 100));
  return Math.min(99, Math.max(1, 50 + (50 * log(value)) / log(reach)));
}

/** Where the comparison was wrong although nothing happened, and what it says of this campaign. */
export function PlaceboStrip({ lift }: { lift: CampaignLift }) {
  const { placebos_percent: errors, low_percent: low, high_percent: high, lift_percent: found } = lift;
  if (low == null || high == null || found == null || errors.length === 0) return null;
  const widest = Math.max(high, 100 / (1 + low / 100) - 100, ...errors.map(Math.abs));
  const reach = STEPS.find((step) => step >= widest) ?? STEPS.at(-1)!;
  const ticks = [100 / (1 + reach / 100) - 100, 0, reach];
  return (
    <figure>
      <div
        role="img"
        aria-label={t("placebo.label", {
          count: errors.length,
          from: signedPercent(errors[0]),
          to: signedPercent(errors.at(-1)),
          low: signedPercent(low),
          high: signedPercent(high),
        })}
        className="relative h-16 rounded-md bg-hover"
      >
        <span className="absolute inset-y-0 w-px bg-field" style={{ left: "50%" }} />
        {errors.map((error, at) => (
          <span
            key={at}
            className="absolute size-1.5 -translate-x-1/2 rounded-full bg-muted/60"
            style={{ left: `${place(error, reach)}%`, top: `${8 + (at % 4) * 7}px` }}
          />
        ))}
        <span
          className="absolute bottom-3 h-1.5 rounded-full bg-accent/40"
          style={{
            left: `${place(low, reach)}%`,
            width: `${place(high, reach) - place(low, reach)}%`,
          }}
        />
        <span
          className="absolute bottom-2 size-3.5 -translate-x-1/2 rounded-full border-2 border-panel bg-accent"
          style={{ left: `${place(found, reach)}%` }}
        />
      </div>
      <div className="num mt-1 flex justify-between text-xs text-muted" aria-hidden>
        {ticks.map((tick) => (
          <span key={tick}>{tick === 0 ? "0 %" : signedPercent(tick)}</span>
        ))}
      </div>
      <figcaption className="mt-1 text-xs text-muted">
        {t("placebo.note", {
          count: lift.compared,
          middle: signedPercent(found),
          share: percent(90).replace(/[.,]0/, ""),
        })}
      </figcaption>
    </figure>
  );
}
