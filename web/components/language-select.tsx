import { t } from "@/components/messages";
import { Select } from "@/components/ui/field";
import { LANGUAGE_NAMES, LANGUAGES, REVIEWED, type Language } from "@/lib/language/languages";

export type { Language };

type Props = Omit<React.ComponentProps<"select">, "value" | "onChange"> & {
  value: Language | null;
  /** The first choice, which stands for no language of one's own; without it a language must be chosen. */
  none?: string;
  onChange: (language: Language | null) => void;
};

/** Choose a language by its own name; of one that no speaker has reviewed it is said. */
export function LanguageSelect({ value, none, onChange, ...props }: Props) {
  return (
    <Select
      {...props}
      value={value ?? ""}
      onChange={(event) => onChange((event.target.value || null) as Language | null)}
    >
      {none && <option value="">{none}</option>}
      {LANGUAGES.map((language) => (
        <option key={language} value={language}>
          {REVIEWED.has(language)
            ? LANGUAGE_NAMES[language]
            : t("language.unreviewed", { language: LANGUAGE_NAMES[language] })}
        </option>
      ))}
    </Select>
  );
}
