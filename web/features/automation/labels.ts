import { Hash, Mail, MessageSquareText, Workflow, type LucideIcon } from "lucide-react";
import type { Tone } from "@/components/ui/badge";
import type { Channel, Delivery, Rule } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { t } from "./messages";

export const KIND_ICONS: Record<Channel["kind"], LucideIcon> = {
  slack: Hash,
  email: Mail,
  sms: MessageSquareText,
  n8n: Workflow,
};
export const KINDS = Object.keys(KIND_ICONS) as Channel["kind"][];

export const EVENTS = [
  "insight.created",
  "account.needs_reauth",
  "sync.failed",
] as const satisfies readonly Rule["event_type"][];

export const STATUS_TONES: Record<Delivery["status"], Tone> = {
  pending: "neutral",
  sending: "accent",
  sent: "good",
  mailbox: "accent",
  failed: "warn",
  unknown: "warn",
  dead: "bad",
  held: "warn",
  cancelled: "neutral",
};
export const STATUSES = Object.keys(STATUS_TONES) as Delivery["status"][];

const either = (names: string[]) => names.reduce((first, second) => t("conditions.or", { first, second }));

/** A rule's conditions in words. */
export function conditionsLabel(rule: Rule): string {
  const { min_severity, providers, detectors, metrics, artist_ids } = rule.conditions;
  const parts = [
    min_severity && t(`conditions.severity.${min_severity}`),
    providers?.length && either(providers.map(providerName)),
    detectors?.length && either(detectors.map((each) => each.replaceAll("_", " "))),
    metrics?.length && either(metrics),
    artist_ids?.length && t("conditions.artists", { count: artist_ids.length }),
  ].filter(Boolean);
  return parts.join(", ") || t("conditions.always");
}

export function targetLabel(channel: Channel): string {
  const { address, phone, host, label } = channel.target;
  return address ?? phone ?? label ?? host ?? "";
}
