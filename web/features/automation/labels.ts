import { Hash, Mail, MessageSquareText, Workflow, type LucideIcon } from "lucide-react";
import type { Tone } from "@/components/ui/badge";
import type { Channel, Delivery, Rule } from "@/lib/api/types";
import { providerName } from "@/lib/providers";

export const KINDS: Record<Channel["kind"], { name: string; icon: LucideIcon }> = {
  slack: { name: "Slack", icon: Hash },
  email: { name: "E-mail", icon: Mail },
  sms: { name: "SMS", icon: MessageSquareText },
  n8n: { name: "n8n", icon: Workflow },
};

export const EVENTS: Record<Rule["event_type"], string> = {
  "insight.created": "New insight",
  "account.needs_reauth": "An account needs to be reconnected",
  "sync.failed": "A sync fails",
};

export const DELIVERY: Record<Delivery["status"], { name: string; tone: Tone; description: string }> = {
  pending: { name: "Waiting", tone: "neutral", description: "It will be sent in a moment." },
  sending: { name: "Sending", tone: "accent", description: "It is on its way." },
  sent: { name: "Sent", tone: "good", description: "The receiver accepted it." },
  mailbox: {
    name: "In the mailbox",
    tone: "accent",
    description: "No service is configured for this channel, so it is in the local mailbox.",
  },
  failed: { name: "Retrying", tone: "warn", description: "It was not delivered. ARTi tries again." },
  unknown: {
    name: "Unknown",
    tone: "warn",
    description: "No answer came: it may or may not have arrived. ARTi does not send it twice on its own.",
  },
  dead: { name: "Failed", tone: "bad", description: "All attempts failed." },
  held: { name: "Held", tone: "warn", description: "A limit refused it. Send it again when there is room." },
  cancelled: { name: "Cancelled", tone: "neutral", description: "There was nothing to send any more." },
};

/** The results of a delivery attempt. */
export const DELIVERY_TRY = {
  sending: "sending",
  sent: "delivered",
  failed: "not delivered",
  unknown: "no answer",
} as const;

const SEVERITY = { info: "any severity", notice: "notice or more", important: "important only" } as const;

/** A rule's conditions in words. */
export function conditionsLabel(rule: Rule): string {
  const { min_severity, providers, detectors, metrics, artist_ids } = rule.conditions;
  const parts = [
    min_severity && SEVERITY[min_severity],
    providers?.length && providers.map(providerName).join(" or "),
    detectors?.length && detectors.join(" or ").replaceAll("_", " "),
    metrics?.length && metrics.join(" or "),
    artist_ids?.length && `${artist_ids.length} chosen ${artist_ids.length === 1 ? "artist" : "artists"}`,
  ].filter(Boolean);
  return parts.join(", ") || "always";
}

export function targetLabel(channel: Channel): string {
  const { address, phone, host, label } = channel.target;
  return address ?? phone ?? label ?? host ?? "";
}
