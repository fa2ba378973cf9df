import { activeLanguage } from "../language/active";
import type { MessageKey } from "../language/catalogue";
import { t } from "./messages";
import en from "./messages/en.json";

// The texts of src/arti/language, which a Python test compares with these. An org's own metric has its own name.

/** A metric's name as it stands within a sentence: "monthly listeners". `name` is what the API calls it. */
export function metricInSentence(slug: string, name: string): string {
  if (activeLanguage() === "en") return name.toLowerCase();
  const [kind = "", own = ""] = slug.split(".");
  const known = (en.metrics as Record<string, Record<string, string>>)[kind]?.[own];
  return known ? t(`metrics.${slug}` as MessageKey<typeof en>) : name;
}

/** A metric's name by itself, as in a heading: "Monthly listeners". */
export function metricName(slug: string, name: string): string {
  if (activeLanguage() === "en") return name;
  const found = metricInSentence(slug, name);
  return found.charAt(0).toLocaleUpperCase() + found.slice(1);
}
