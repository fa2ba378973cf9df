import type { RoyaltyTotal, RoyaltyTotals } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { countryName, currencyAmount, exact, month } from "@/lib/format";
import { t } from "./messages";

const UNITS = ["stream", "download", "physical", "ugc", "sync", "adjustment", "other"] as const;

/** An exact amount as it is shown: two places, the currency's sign. */
export function amount(total: Pick<RoyaltyTotal, "amount" | "currency">): string {
  return currencyAmount(Number(total.amount), total.currency);
}

export function period(total: Pick<RoyaltyTotal, "first_month" | "last_month">): string {
  const [first, last] = [month(`${total.first_month}-01`), month(`${total.last_month}-01`)];
  return first === last ? first : `${first} – ${last}`;
}

/** Several sums in one sentence: "€10.00 and $3.00". */
export const joined = (sums: string[]): string =>
  sums.length ? sums.reduce((first, second) => t("totals.both", { first, second })) : "";

function quantityLabel(type: string, quantity: string): string {
  const known = UNITS.find((each) => each === type);
  const count = Number(quantity);
  return known ? t(`units.${known}`, { count }) : `${exact(count)} ${type}`;
}

function nameOf(total: RoyaltyTotal, by: RoyaltyTotals["group_by"]): string {
  if (total.key === null) return t(`notStated.${by}`);
  if (by === "month") return month(`${total.key}-01`);
  if (by === "country") return countryName(total.key);
  return total.name ?? total.key;
}

export function TotalsTable({ totals }: { totals: RoyaltyTotals }) {
  return (
    <div
      className="overflow-x-auto"
      role="region"
      aria-label={t("table.region", { grouping: totals.group_by })}
      tabIndex={0}
    >
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line text-left text-xs text-muted">
            <th className="px-4 py-2 font-medium capitalize">{t(`groupings.${totals.group_by}`)}</th>
            {totals.group_by !== "month" && <th className="px-4 py-2 font-medium">{t("table.months")}</th>}
            <th className="px-4 py-2 text-right font-medium">{t("table.quantity")}</th>
            <th className="px-4 py-2 text-right font-medium">{t("table.amount")}</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {totals.items.map((total) => (
            <tr key={`${total.key} ${total.currency}`}>
              <td className={cn("px-4 py-2", totals.group_by === "month" && "whitespace-nowrap")}>
                {nameOf(total, totals.group_by)}
              </td>
              {totals.group_by !== "month" && (
                <td className="px-4 py-2 whitespace-nowrap text-muted">{period(total)}</td>
              )}
              <td className="num px-4 py-2 text-right">
                {Object.entries(total.quantities)
                  .map(([type, quantity]) => quantityLabel(type, quantity))
                  .join(", ") || "–"}
              </td>
              <td
                className="num px-4 py-2 text-right font-medium whitespace-nowrap"
                title={`${total.amount} ${total.currency}`}
              >
                {amount(total)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {totals.more && <p className="px-4 py-2 text-xs text-muted">{t("table.largest")}</p>}
    </div>
  );
}
