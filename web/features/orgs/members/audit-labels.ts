import type { AuditEntry } from "@/lib/api/types";
import { exact, NONE } from "@/lib/format";
import { providerName } from "@/lib/providers";
import en from "../messages/en.json";
import { ROLE_NAMES } from "./labels";
import { t } from "../messages";

type Acts = { [part: string]: Acts | string };

/** Whether the catalogue has a text for an action. */
const isKnown = (action: string): boolean =>
  typeof action
    .split(".")
    .reduce<Acts | string | undefined>((at, part) => (typeof at === "object" ? at[part] : undefined), en.acts) ===
  "string";

function word(value: unknown): string {
  const text = String(value);
  const role = ROLE_NAMES.find((each) => each === text);
  if (role) return t(`roles.${role}.name`);
  return text === "active" || text === "disabled" ? t(`statuses.${text}`) : text;
}

/** Describe a list of names, whose artists a member sees, or whether they see money; null for anything else. */
function choice(value: unknown, action: string): string | null {
  if (Array.isArray(value)) return value.join(", ") || t("audit.nobody");
  if (action === "member.money_changed")
    return value === null ? t("audit.asRole") : value ? t("audit.seesMoney") : t("audit.noMoney");
  if (!value || typeof value !== "object" || !("artist_access" in value)) return null;
  const { artist_access, artists = [], groups = [] } = value as Record<string, string[]>;
  if (String(artist_access) === "all") return t("audit.allArtists");
  return [...(groups ?? []), ...(artists ?? [])].join(", ") || t("audit.noArtists");
}

/** A value before or after a change. */
function valueLabel(value: unknown): string {
  if (value === null || value === "" || value === undefined) return NONE;
  if (typeof value === "boolean") return value ? t("audit.yes") : t("audit.no");
  if (Array.isArray(value)) return value.map(valueLabel).join(", ") || NONE;
  return typeof value === "object" ? JSON.stringify(value) : word(value);
}

/** "title: Halo → Halo II", for each field that somebody changed. */
function changeLabels(changes: unknown): string[] {
  if (!changes || typeof changes !== "object") return [];
  return Object.entries(changes as Record<string, { from: unknown; to: unknown }>).map(([field, { from, to }]) =>
    t("audit.change", { field: field.replaceAll("_", " "), from: valueLabel(from), to: valueLabel(to) }),
  );
}

/** Return the label of an action. */
export const auditActionLabel = (action: string) =>
  isKnown(action) ? t(`acts.${action}` as Parameters<typeof t>[0]) : action.replace(/[._]/g, " ");

/** Describe the target and the changes, without ids and nested objects. */
export function auditDetailsLabel({ action, details, details_erased, subject_kind, subject_id }: AuditEntry): string {
  if (details_erased) return t("audit.erased");
  const { provider, from, to, fields, changes, data_deleted, ...rest } = details;
  const parts = [
    typeof provider === "string" && providerName(provider),
    subject_kind === "provider_app" && providerName(subject_id),
    ...Object.entries(rest)
      .filter(([name, value]) => typeof value === "string" && !name.endsWith("id"))
      .map(([, value]) => word(value)),
    ...Object.entries(rest)
      .filter(([, value]) => typeof value === "number" && value !== 0)
      .map(([name, value]) => `${exact(value as number)} ${name.replaceAll("_", " ")}`),
    typeof from === "string" && typeof to === "string" && `${word(from)} → ${word(to)}`,
    choice(to, action) !== null && from !== undefined && `${choice(from, action)} → ${choice(to, action)}`,
    ...changeLabels(changes),
    Array.isArray(fields) && fields.join(", ").replaceAll("_", " "),
    data_deleted === true && t("audit.withData"),
  ];
  return parts.filter(Boolean).join(" · ");
}
