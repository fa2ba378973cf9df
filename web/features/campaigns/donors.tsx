import type { CampaignLift } from "@/lib/api/types";
import { percent } from "@/lib/format";
import { t } from "./messages";

type Donor = CampaignLift["donors"][number];

function donorName({ artist_name, title }: Donor): string {
  if (!artist_name) return t("donors.another");
  return title ? t("donors.song", { title, artist: artist_name }) : artist_name;
}

/** The artists and songs whose days say what would have been usual, with their weights. */
export function Donors({ lift }: { lift: CampaignLift }) {
  const level = 100 - lift.donors.reduce((sum, donor) => sum + donor.weight_percent, 0);
  const rest = lift.compared - lift.donors.length;
  return (
    <>
      <ul className="divide-y divide-line rounded-card border border-line text-sm">
        {lift.donors.map((donor, at) => (
          <li key={at} className="flex items-center gap-3 px-3 py-1.5">
            <span className="min-w-0 flex-1 truncate">{donorName(donor)}</span>
            <span aria-hidden className="h-1.5 w-20 overflow-hidden rounded-full bg-hover">
              <span className="block h-full bg-accent" style={{ width: `${donor.weight_percent}%` }} />
            </span>
            <span className="num w-14 text-right font-medium">{percent(donor.weight_percent)}</span>
          </li>
        ))}
        {level >= 1 && (
          <li className="flex items-center gap-3 px-3 py-1.5 text-muted">
            <span className="min-w-0 flex-1">{t("donors.level")}</span>
            <span className="num w-14 text-right">{percent(level)}</span>
          </li>
        )}
      </ul>
      <p className="mt-1 text-xs text-muted">
        {[
          rest > 0 && t("donors.rest", { count: rest }),
          ...lift.left_out.map(({ count, reason }) => t("donors.leftOut", { count, reason })),
          t("donors.own"),
        ]
          .filter(Boolean)
          .join(" ")}
      </p>
    </>
  );
}
