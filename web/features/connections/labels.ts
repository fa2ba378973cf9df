import type { Tone } from "@/components/ui/badge";
import type { Account, SyncRun } from "@/lib/api/types";

export const STATUS: Record<Account["status"], { name: string; tone: Tone; description: string }> = {
  active: { name: "Connected", tone: "good", description: "Synced every night, and when you ask." },
  needs_reauth: {
    name: "Reconnect",
    tone: "warn",
    description: "The platform no longer accepts the consent: somebody of the artist’s team must give it again.",
  },
  paused: { name: "Paused", tone: "neutral", description: "Not synced until somebody resumes it." },
  disconnected: { name: "Disconnected", tone: "neutral", description: "Its tokens are gone." },
};

/** Error classes in words: what it is, and who can do something about it. */
const ERRORS: Record<string, string> = {
  token_expired: "The access ran out and could not be renewed.",
  reauth_required: "The consent is gone. Reconnect the account.",
  permission_missing: "A permission was not given. Reconnect, and leave all boxes ticked.",
  plan_blocked: "The platform does not let this app do it. Whoever registered the app must look into it.",
  rate_limited: "Asked too often. It goes on by itself.",
  quota_exhausted: "The app’s daily budget at the platform is used up. It goes on after the reset.",
  unsupported_metric: "The platform has no such number for this.",
  no_data: "The platform has no data yet.",
  transient: "Trouble at the platform. It is tried again by itself.",
  contract_broken: "The platform answered in a way that ARTi does not know. This is ours to fix.",
};

export function syncErrorLabel(errorClass: string | null, message: string | null): string | null {
  if (!errorClass && !message) return null;
  return ERRORS[errorClass ?? ""] ?? message ?? "Something went wrong.";
}

export const RUN_STATUS: Record<SyncRun["status"], { name: string; tone: Tone }> = {
  running: { name: "Running", tone: "accent" },
  succeeded: { name: "Succeeded", tone: "good" },
  partial: { name: "Partly", tone: "warn" },
  failed: { name: "Failed", tone: "bad" },
};

export const RUN_KIND: Record<SyncRun["kind"], string> = {
  backfill: "First collection",
  nightly: "Nightly",
  manual: "On demand",
};
