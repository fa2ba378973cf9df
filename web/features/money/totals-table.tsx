import type { RoyaltyTotal, RoyaltyTotals } from "@/lib/api/types";
import { exact, month } from "@/lib/format";

const UNITS: Record<string, string> = {
  stream: "streams",
  download: "downloads",
  physical: "pieces",
  ugc: "uses",
  sync: "licences",
  adjustment: "adjusted",
  other: "others",
};

const NOT_STATED: Record<RoyaltyTotals["group_by"], string> = {
  store: "Store not stated",
  country: "Country not stated",
  month: "Month not stated",
  recording: "Song not matched",
  release: "Release not stated",
  artist: "Artist not matched",
};

const regions = new Intl.DisplayNames("en", { type: "region" });

/** An exact amount as it is shown: two places, the currency's sign. */
export function amount(total: Pick<RoyaltyTotal, "amount" | "currency">): string {
  return new Intl.NumberFormat("en-US", { style: "currency", currency: total.currency })
    .format(Number(total.amount))
    .replace("-", "−");
}

export function period(total: Pick<RoyaltyTotal, "first_month" | "last_month">): string {
  const [first, last] = [month(`${total.first_month}-01`), month(`${total.last_month}-01`)];
  return first === last ? first : `${first} – ${last}`;
}

function nameOf(total: RoyaltyTotal, by: RoyaltyTotals["group_by"]): string {
  if (total.key === null) return NOT_STATED[by];
  if (by === "month") return month(`${total.key}-01`);
  if (by === "country") return regions.of(total.key) ?? total.key;
  return total.name ?? total.key;
}

export function TotalsTable({ totals }: { totals: RoyaltyTotals }) {
  return (
    <div className="overflow-x-auto" role="region" aria-label={`Royalties by ${totals.group_by}`} tabIndex={0}>
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line text-left text-xs text-muted">
            <th className="px-4 py-2 font-medium capitalize">{totals.group_by}</th>
            {totals.group_by !== "month" && <th className="px-4 py-2 font-medium">Months</th>}
            <th className="px-4 py-2 text-right font-medium">Quantity</th>
            <th className="px-4 py-2 text-right font-medium">Amount</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {totals.items.map((total) => (
            <tr key={`${total.key} ${total.currency}`}>
              <td className="px-4 py-2">{nameOf(total, totals.group_by)}</td>
              {totals.group_by !== "month" && (
                <td className="px-4 py-2 whitespace-nowrap text-muted">{period(total)}</td>
              )}
              <td className="num px-4 py-2 text-right">
                {Object.entries(total.quantities)
                  .map(([type, quantity]) => `${exact(Number(quantity))} ${UNITS[type] ?? type}`)
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
      {totals.more && <p className="px-4 py-2 text-xs text-muted">The largest are shown.</p>}
    </div>
  );
}
