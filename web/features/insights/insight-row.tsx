"use client";

import { StoryChart } from "@/components/charts/story-chart";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { Insight } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { ago, day, moment, shortDay } from "@/lib/format";
import { metricName } from "@/lib/metric-names/metric-name";
import { detectorName, SEVERITY_TONES } from "./labels";
import { t } from "./messages";

/** One insight of the feed. A click on the row opens it. */
type Props = {
  insight: Insight;
  onOpen: () => void;
  /** On the artist's own page. */
  compact?: boolean;
  /** Its check mark, in a list where several can be chosen. */
  mark?: { checked: boolean; onChange: (checked: boolean) => void };
};

export function InsightRow({ insight, onOpen, compact, mark }: Props) {
  const quiet = insight.status !== "new";
  // The artist's own page shows the name already.
  const whose = `${insight.artist_name}: `;
  const own = insight.title.startsWith(whose) ? insight.title.slice(whose.length) : insight.title;
  const title = compact || mark ? own.charAt(0).toUpperCase() + own.slice(1) : insight.title;
  return (
    <li className="flex items-start hover:bg-hover">
      {mark && (
        <label className="grid size-11 shrink-0 cursor-pointer place-items-center">
          <input
            type="checkbox"
            className="size-4 accent-(--accent)"
            aria-label={t("list.select", { title: insight.title })}
            checked={mark.checked}
            onChange={(event) => mark.onChange(event.target.checked)}
          />
        </label>
      )}
      <button
        type="button"
        data-row
        onClick={onOpen}
        className={cn(
          "group flex w-full min-w-0 gap-3 px-4 py-3 text-left focus-visible:-outline-offset-2",
          mark && "pl-0",
        )}
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
            <span
              className={cn(
                "min-w-0 flex-1 group-hover:text-accent",
                insight.is_read ? "font-medium" : "font-semibold",
                quiet && "text-muted",
              )}
            >
              {title}
              {!insight.is_read && <span className="sr-only"> ({t("row.unread")})</span>}
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
            {!compact && !mark && <span className="font-medium text-fg">{insight.artist_name}</span>}
            {!insight.is_read && (
              <Badge tone="accent" aria-hidden>
                {t("row.unread")}
              </Badge>
            )}
            <ProviderName provider={insight.provider} />
            <span>{detectorName(insight.detector)}</span>
            <span>{shortDay(insight.happened_on)}</span>
            {insight.severity !== "info" && (
              <Badge tone={SEVERITY_TONES[insight.severity]}>{t(`severities.${insight.severity}`)}</Badge>
            )}
            {insight.status !== "new" && <Badge>{t(`statuses.${insight.status}`)}</Badge>}
            {insight.part_count > 0 && <span>{t("row.parts", { count: insight.part_count })}</span>}
            {insight.comment_count > 0 && <span>{t("row.comments", { count: insight.comment_count })}</span>}
            {insight.assignee && <Badge>{t("row.assignedTo", { name: insight.assignee.name })}</Badge>}
            {insight.snoozed_until && <span>{t("row.snoozedUntil", { day: day(insight.snoozed_until) })}</span>}
          </span>
        </span>
        {!compact && (
          <StoryChart
            chart={insight.chart}
            happenedOn={insight.happened_on}
            metric={metricName(insight.metric, insight.metric_name)}
            direction={insight.direction}
            className="w-28 shrink-0 max-sm:hidden"
          />
        )}
      </button>
    </li>
  );
}
