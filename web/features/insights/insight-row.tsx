"use client";

import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { Insight } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { ago, moment, shortDay } from "@/lib/format";
import { DETECTORS, SEVERITIES } from "./labels";

const STATUS: Partial<Record<Insight["status"], string>> = {
  acknowledged: "Acknowledged",
  dismissed: "Dismissed",
  withdrawn: "Withdrawn",
};

/** One insight of the feed. A click on the row opens it. */
export function InsightRow({ insight, onOpen, compact }: { insight: Insight; onOpen: () => void; compact?: boolean }) {
  const severity = SEVERITIES[insight.severity];
  const quiet = insight.status !== "new";
  // The artist's own page shows the name already.
  const whose = `${insight.artist_name}: `;
  const own = insight.title.startsWith(whose) ? insight.title.slice(whose.length) : insight.title;
  const title = compact ? own.charAt(0).toUpperCase() + own.slice(1) : insight.title;
  return (
    <li>
      <button
        type="button"
        data-row
        onClick={onOpen}
        className="group flex w-full gap-3 px-4 py-3 text-left hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span
          aria-hidden
          className={cn(
            "mt-1.5 size-2 shrink-0 rounded-full",
            insight.severity === "important" && "bg-down",
            insight.severity === "notice" && "bg-warn",
            insight.severity === "info" && "bg-field",
            quiet && "opacity-40",
          )}
        />
        <span className="min-w-0 flex-1">
          <span className="flex items-start gap-3">
            <span className={cn("min-w-0 flex-1 font-medium group-hover:text-accent", quiet && "text-muted")}>
              {title}
            </span>
            <time
              className="shrink-0 text-xs text-muted"
              dateTime={insight.created_at}
              title={moment(insight.created_at)}
            >
              {ago(insight.created_at)}
            </time>
          </span>
          {!compact && <span className="mt-0.5 line-clamp-2 block text-sm text-muted">{insight.body}</span>}
          <span className="mt-1.5 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-xs text-muted">
            {!compact && <span className="font-medium text-fg">{insight.artist_name}</span>}
            <ProviderName provider={insight.provider} />
            <span>{DETECTORS[insight.detector]?.name ?? insight.detector}</span>
            <span>{shortDay(insight.happened_on)}</span>
            {insight.severity !== "info" && <Badge tone={severity.tone}>{severity.name}</Badge>}
            {STATUS[insight.status] && <Badge>{STATUS[insight.status]}</Badge>}
          </span>
        </span>
      </button>
    </li>
  );
}
