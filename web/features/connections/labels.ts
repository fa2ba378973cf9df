import type { Tone } from "@/components/ui/badge";
import type { Account, SyncRun } from "@/lib/api/types";
import { t } from "./messages";

export const STATUS_TONES: Record<Account["status"], Tone> = {
  active: "good",
  needs_reauth: "warn",
  paused: "neutral",
  disconnected: "neutral",
};

const ERRORS = [
  "token_expired",
  "reauth_required",
  "permission_missing",
  "plan_blocked",
  "rate_limited",
  "quota_exhausted",
  "unsupported_metric",
  "no_data",
  "transient",
  "contract_broken",
] as const;

/** What an error class means, and how to resolve it. */
export function syncErrorLabel(errorClass: string | null, message: string | null): string | null {
  if (!errorClass && !message) return null;
  const known = ERRORS.find((each) => each === errorClass);
  return known ? t(`errors.${known}`) : (message ?? t("errors.unknown"));
}

export const RUN_TONES: Record<SyncRun["status"], Tone> = {
  running: "accent",
  succeeded: "good",
  partial: "warn",
  failed: "bad",
};
