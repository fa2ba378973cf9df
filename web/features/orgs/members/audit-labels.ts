import type { AuditEntry } from "@/lib/api/types";
import { exact } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { ROLES, STATUS } from "./labels";

const ACTS: Record<string, string> = {
  "account.connected": "Connected an account",
  "account.disconnected": "Disconnected an account",
  "artist.created": "Added an artist",
  "artist.deleted": "Removed an artist",
  "channel.changed": "Changed a channel",
  "channel.created": "Added a channel",
  "channel.deleted": "Deleted a channel",
  "channel.disabled": "Turned a channel off",
  "import.committed": "Imported a file",
  "import.undone": "Undid an import",
  "job.retried": "Retried a job",
  "key.created": "Created an API key",
  "key.revoked": "Revoked an API key",
  "member.added": "Added a member",
  "member.invited_again": "Invited a member again",
  "member.platforms_changed": "Changed a member’s platforms",
  "member.removed": "Removed a member",
  "member.role_changed": "Changed a member’s role",
  "member.status_changed": "Changed a member’s status",
  "org.created": "Created the organisation",
  "org.renamed": "Renamed the organisation",
  "provider_app.saved": "Saved the app credentials of a platform",
  "rule.changed": "Changed a rule",
  "rule.created": "Added a rule",
  "rule.deleted": "Deleted a rule",
  "webhook_source.created": "Added an incoming webhook",
  "webhook_source.deleted": "Deleted an incoming webhook",
  "webhook_source.secret_changed": "Changed the secret of an incoming webhook",
};

const NAMES: Record<string, string> = Object.fromEntries(
  Object.entries({ ...ROLES, ...STATUS }).map(([value, { name }]) => [value, name]),
);

const word = (value: unknown) => NAMES[String(value)] ?? String(value);

/** Return the label of an action. */
export const auditActionLabel = (action: string) => ACTS[action] ?? action.replace(/[._]/g, " ");

/** Describe the target and the changes, without ids and nested objects. */
export function auditDetailsLabel({ details, subject_kind, subject_id }: AuditEntry): string {
  const { provider, from, to, fields, data_deleted, ...rest } = details;
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
    Array.isArray(fields) && fields.join(", ").replaceAll("_", " "),
    data_deleted === true && "with its data",
  ];
  return parts.filter(Boolean).join(" · ");
}
