import { Select } from "@/components/ui/field";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { t } from "@/components/messages";

/** Choose one platform, or all of them. */
export function PlatformSelect(props: React.ComponentProps<"select">) {
  return (
    <Select aria-label={t("platform.label")} {...props}>
      <option value="">{t("platform.all")}</option>
      {PROVIDER_NAMES.map((each) => (
        <option key={each} value={each}>
          {providerName(each)}
        </option>
      ))}
    </Select>
  );
}
