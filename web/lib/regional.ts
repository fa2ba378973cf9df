import type { Me } from "@/lib/api/types";

type Org = Me["orgs"][number];

/** How the reader writes numbers, times and weeks besides the language, and the currency of a new amount. */
export type Regional = Pick<Org, "time_zone" | "currency" | "week_start" | "number_form">;

/** What stands between thousands and before decimals. A space is a narrow one at which no line breaks. */
export const SEPARATORS: Record<Exclude<Regional["number_form"], "language">, [group: string, decimal: string]> = {
  comma_point: [",", "."],
  point_comma: [".", ","],
  space_comma: ["\u202f", ","],
  apostrophe_point: ["’", "."],
};

const USUAL: Regional = { time_zone: "UTC", currency: "EUR", week_start: "monday", number_form: "language" };

let active = USUAL;

/** The choice of the reader, else that of the org. */
export function regionalOf(user: Me["user"], org: Org | null): Regional {
  return {
    time_zone: user.time_zone ?? org?.time_zone ?? USUAL.time_zone,
    currency: user.currency ?? org?.currency ?? USUAL.currency,
    week_start: user.week_start ?? org?.week_start ?? USUAL.week_start,
    number_form: user.number_form ?? org?.number_form ?? USUAL.number_form,
  };
}

export const activeRegional = (): Regional => active;

export function setRegional(regional: Regional): void {
  active = regional;
}

/** A number with the separators that the reader chose, else those of the language. */
export function writeNumber(format: Intl.NumberFormat, value: number | bigint): string {
  const { number_form } = active;
  if (number_form === "language") return format.format(value);
  const [group, decimal] = SEPARATORS[number_form];
  const signs: Record<string, string> = { group, decimal };
  return format
    .formatToParts(value)
    .map((part) => signs[part.type] ?? part.value)
    .join("");
}
