import { Select } from "@/components/ui/field";
import type { Org } from "@/lib/api/types";

export type Language = Org["language"];

const NAMES: Record<Language, string> = {
  en: "English",
  de: "Deutsch",
  es: "Español (not reviewed yet)",
  fr: "Français (not reviewed yet)",
  pt: "Português (not reviewed yet)",
};

type Props = Omit<React.ComponentProps<"select">, "value" | "onChange"> & {
  value: Language | null;
  /** The first choice, which stands for no language of one's own; without it a language must be chosen. */
  none?: string;
  onChange: (language: Language | null) => void;
};

export function LanguageSelect({ value, none, onChange, ...props }: Props) {
  return (
    <Select
      {...props}
      value={value ?? ""}
      onChange={(event) => onChange((event.target.value || null) as Language | null)}
    >
      {none && <option value="">{none}</option>}
      {Object.entries(NAMES).map(([code, name]) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </Select>
  );
}
