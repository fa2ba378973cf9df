import type { SourceName } from "./queries";

export const SENDERS = ["n8n", "slack", "meta", "custom"] as const satisfies readonly SourceName[];
