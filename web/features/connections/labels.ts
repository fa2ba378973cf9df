import type { Tone } from "@/components/ui/badge";
import type { Account, SyncRun } from "@/lib/api/types";

export const STATUS: Record<Account["status"], { name: string; tone: Tone; description: string }> = {
  active: { name: "Connected", tone: "good", description: "Synced every night and on demand." },
  needs_reauth: {
    name: "Reconnect",
    tone: "warn",
    description: "The platform no longer accepts the consent: someone from the artist’s team must give it again.",
  },
  paused: { name: "Paused", tone: "neutral", description: "Not synced until someone resumes it." },
  disconnected: { name: "Disconnected", tone: "neutral", description: "Its tokens are deleted." },
};

/** What an error class means, and how to resolve it. */
const ERRORS: Record<string, string> = {
  token_expired: "The access expired and could not be renewed.",
  reauth_required: "The consent was withdrawn. Reconnect the account.",
  permission_missing: "A permission is missing. Reconnect and leave everything ticked.",
  plan_blocked:
    "The platform does not allow this app to do that. The owner of the app must change its plan or settings.",
  rate_limited: "Too many requests. It continues on its own.",
  quota_exhausted: "The app’s daily quota is used up. It continues after the reset.",
  unsupported_metric: "The platform does not provide this metric.",
  no_data: "The platform has no data yet.",
  transient: "The platform has a problem. ARTi tries again on its own.",
  contract_broken: "The platform sent an unexpected answer. ARTi must be updated.",
};

export function syncErrorLabel(errorClass: string | null, message: string | null): string | null {
  if (!errorClass && !message) return null;
  return ERRORS[errorClass ?? ""] ?? message ?? "Something went wrong.";
}

export const RUN_STATUS: Record<SyncRun["status"], { name: string; tone: Tone }> = {
  running: { name: "Running", tone: "accent" },
  succeeded: { name: "Succeeded", tone: "good" },
  partial: { name: "Partial", tone: "warn" },
  failed: { name: "Failed", tone: "bad" },
};

export const RUN_KIND: Record<SyncRun["kind"], string> = {
  backfill: "First collection",
  nightly: "Nightly",
  manual: "On demand",
};
