import type { AuditEntry } from "@/lib/api/types";
import { exact } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { ROLES, STATUS } from "./labels";

const ACTS: Record<string, string> = {
  "access.refused": "Was refused",
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
  "artist_group.artists_changed": "Changed the artists of a group",
  "artist_group.created": "Added an artist group",
  "artist_group.deleted": "Deleted an artist group",
  "artist_group.renamed": "Renamed an artist group",
  "invitation.accepted": "Accepted an invitation",
  "invitation.changed": "Changed what an invitation offers",
  "invitation.created": "Invited an address",
  "invitation.declined": "An invitation was declined",
  "invitation.sent_again": "Sent an invitation again",
  "invitation.withdrawn": "Withdrew an invitation",
  "member.added": "Added a member",
  "member.artists_changed": "Changed which artists a member sees",
  "member.money_changed": "Changed whether a member sees money",
  "member.invited_again": "Invited a member again",
  "member.platforms_changed": "Changed a member’s platforms",
  "member.removed": "Removed a member",
  "member.role_changed": "Changed a member’s role",
  "member.status_changed": "Changed a member’s status",
  "org.created": "Created the organisation",
  "org.renamed": "Renamed the organisation",
  "provider_app.saved": "Saved the app credentials of a platform",
  "match.accepted": "Accepted a match",
  "match.rejected": "Rejected a match",
  "recording.change_undone": "Undid a change of songs",
  "recording.linked": "Linked an item to a song",
  "recording.merged": "Joined two songs",
  "recording.split": "Took an item off a song",
  "release.change_undone": "Undid a change of releases",
  "release.linked": "Linked an album to a release",
  "release.merged": "Joined two releases",
  "rule.changed": "Changed a rule",
  "rule.created": "Added a rule",
  "rule.deleted": "Deleted a rule",
  "webhook_source.created": "Added an incoming webhook",
  "webhook_source.deleted": "Deleted an incoming webhook",
  "sign_in.failed": "Failed to sign in",
  "webhook_source.secret_changed": "Changed the secret of an incoming webhook",
};

const NAMES: Record<string, string> = Object.fromEntries(
  Object.entries({ ...ROLES, ...STATUS }).map(([value, { name }]) => [value, name]),
);

const word = (value: unknown) => NAMES[String(value)] ?? String(value);

/** Describe a list of names, whose artists a member sees, or whether they see money; null for anything else. */
function choice(value: unknown, action: string): string | null {
  if (Array.isArray(value)) return value.join(", ") || "nobody";
  if (action === "member.money_changed") return value === null ? "as the role" : value ? "sees money" : "no money";
  if (!value || typeof value !== "object" || !("artist_access" in value)) return null;
  const { artist_access, artists = [], groups = [] } = value as Record<string, string[]>;
  if (String(artist_access) === "all") return "all artists";
  return [...(groups ?? []), ...(artists ?? [])].join(", ") || "no artists";
}

/** Return the label of an action. */
export const auditActionLabel = (action: string) => ACTS[action] ?? action.replace(/[._]/g, " ");

/** Describe the target and the changes, without ids and nested objects. */
export function auditDetailsLabel({ action, details, details_erased, subject_kind, subject_id }: AuditEntry): string {
  if (details_erased) return "Details erased with the person";
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
    choice(to, action) !== null && from !== undefined && `${choice(from, action)} → ${choice(to, action)}`,
    Array.isArray(fields) && fields.join(", ").replaceAll("_", " "),
    data_deleted === true && "with its data",
  ];
  return parts.filter(Boolean).join(" · ");
}
