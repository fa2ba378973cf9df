import { Field, Select } from "@/components/ui/field";
import type { Org } from "@/lib/api/types";
import type { Regional } from "@/lib/regional";
import { t } from "./messages";

export type RegionalChoice = { [K in keyof Regional]: Regional[K] | null };

const WEEK_STARTS = ["monday", "sunday", "saturday"] as const;
const NUMBER_FORMS = {
  comma_point: "1,234.5",
  point_comma: "1.234,5",
  space_comma: "1 234,5",
  apostrophe_point: "1’234.5",
};

type Props = {
  value: RegionalChoice;
  /** The first choice, which stands for none of one's own; without it each is chosen. */
  none?: string;
  disabled?: boolean;
  onChange: (change: Partial<RegionalChoice>) => void;
};

/** Time zone, currency of new amounts, first day of the week and form of numbers. */
export function RegionalSelects({ value, none, disabled, onChange }: Props) {
  const zones = new Set([value.time_zone ?? "UTC", "UTC", ...Intl.supportedValuesOf("timeZone")]);
  const currencies = new Set([value.currency ?? "EUR", ...Intl.supportedValuesOf("currency")]);
  const shared = { none, disabled };
  return (
    <div className="grid max-w-2xl gap-4 px-4 pb-4 sm:grid-cols-2">
      <Choice
        {...shared}
        label={t("region.zone")}
        hint={t("region.zoneHint")}
        value={value.time_zone}
        options={[...zones].map((zone) => [zone, zone.replaceAll("_", " ")])}
        onChange={(time_zone) => onChange({ time_zone })}
      />
      <Choice
        {...shared}
        label={t("region.currency")}
        hint={t("region.currencyHint")}
        value={value.currency}
        options={[...currencies].map((code) => [code, code])}
        onChange={(currency) => onChange({ currency })}
      />
      <Choice
        {...shared}
        label={t("region.week")}
        value={value.week_start}
        options={WEEK_STARTS.map((day) => [day, t(`region.weeks.${day}`)])}
        onChange={(week_start) => onChange({ week_start: week_start as Org["week_start"] | null })}
      />
      <Choice
        {...shared}
        label={t("region.numbers")}
        value={value.number_form}
        options={[["language", t("region.asLanguage")], ...Object.entries(NUMBER_FORMS)]}
        onChange={(number_form) => onChange({ number_form: number_form as Org["number_form"] | null })}
      />
    </div>
  );
}

type ChoiceProps = {
  label: string;
  hint?: string;
  value: string | null;
  options: [value: string, name: string][];
  none?: string;
  disabled?: boolean;
  onChange: (value: string | null) => void;
};

function Choice({ label, hint, value, options, none, disabled, onChange }: ChoiceProps) {
  return (
    <Field label={label} hint={hint}>
      {(props) => (
        <Select
          {...props}
          disabled={disabled}
          value={value ?? ""}
          onChange={(event) => onChange(event.target.value || null)}
        >
          {none && <option value="">{none}</option>}
          {options.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
