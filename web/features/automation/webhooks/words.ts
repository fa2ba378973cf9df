import type { SourceName } from "./queries";

export const SENDERS: Record<SourceName, { name: string; secret: string | null }> = {
  n8n: { name: "n8n", secret: null },
  slack: { name: "Slack", secret: "Slack shows it under Basic Information, as Signing Secret." },
  meta: { name: "Meta", secret: "Meta shows it under App settings, Basic, as App secret." },
  custom: { name: "A program of your own", secret: null },
};

export const SIGNED_BY = {
  "standard-webhooks": "signed by Standard Webhooks",
  "slack-v0": "signed by Slack",
  "x-hub-signature-256": "signed by Meta",
} as const;
