import { labels } from "./language/labels";
import { t } from "./messages";

const KINDS = ["sync", "import", "label_import", "typed"] as const;

/** Where values come from, as pages say it. */
export const SOURCES: Record<string, string> = labels(KINDS, (kind) => t(`sources.${kind}`));
