import { Select } from "@/components/ui/field";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";

/** Choose one platform, or all of them. */
export function PlatformSelect(props: React.ComponentProps<"select">) {
  return (
    <Select aria-label="Platform" {...props}>
      <option value="">All platforms</option>
      {PROVIDER_NAMES.map((each) => (
        <option key={each} value={each}>
          {providerName(each)}
        </option>
      ))}
    </Select>
  );
}
