"use client";

import { ArrowDownRight, ArrowUpRight, Circle } from "lucide-react";
import { StoryChart } from "@/components/charts/story-chart";
import { Link } from "@/components/link";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { InsightStory } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { shortDay } from "@/lib/format";
import { metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

const LOOKS = {
  "-1": { icon: ArrowDownRight, tone: "bg-down-soft text-down" },
  "1": { icon: ArrowUpRight, tone: "bg-up-soft text-up" },
  "0": { icon: Circle, tone: "bg-hover text-muted" },
} as const;

/** `since`: what is older says when it was found. */
export function Stories({ stories, since }: { stories: InsightStory[]; since: string }) {
  return (
    <ul className="divide-y divide-line border-t border-line">
      {stories.map((story) => (
        <Story key={story.id} story={story} isLate={story.happened_on < since.slice(0, 10)} />
      ))}
    </ul>
  );
}

function Story({ story, isLate }: { story: InsightStory; isLate: boolean }) {
  const { icon: Icon, tone } = LOOKS[String(story.direction) as keyof typeof LOOKS];
  const happened = shortDay(story.happened_on);
  const hidden = story.part_count - story.part_titles.length;
  return (
    <li className="group relative flex gap-3 px-4 py-3 hover:bg-hover">
      <span className={cn("mt-0.5 grid size-6 shrink-0 place-items-center rounded-full", tone)} aria-hidden>
        <Icon className="size-4" />
      </span>
      <div className="min-w-0 flex-1">
        <h3 className="font-medium">
          <Link
            href={`/insights/?id=${story.id}`}
            data-row
            className="group-hover:text-accent after:absolute after:inset-0"
          >
            {story.title}
          </Link>
        </h3>
        <p className="mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-xs text-muted">
          <ProviderName provider={story.provider} />
          <span>
            {isLate ? t("stories.foundLater", { day: happened, found: shortDay(story.created_at) }) : happened}
          </span>
          {story.cause && <span>{story.cause.text}</span>}
          {!story.is_read && <Badge tone="accent">{t("stories.unread")}</Badge>}
        </p>
        {story.part_titles.length > 0 && (
          <ul className="mt-1.5 grid gap-0.5 text-sm text-muted">
            {story.part_titles.map((title) => (
              <li key={title}>{withoutArtist(title, story.artist_name)}</li>
            ))}
            {hidden > 0 && <li>{t("stories.also", { count: hidden })}</li>}
          </ul>
        )}
        {story.next_step && (
          <p className="mt-1.5 text-sm text-muted">
            <span className="font-medium text-fg">{t("stories.next")}</span> {story.next_step}
          </p>
        )}
      </div>
      <StoryChart
        chart={story.chart}
        happenedOn={story.happened_on}
        metric={metricName(story.metric, story.metric_name)}
        direction={story.direction}
        className="mt-1 w-20 shrink-0 sm:w-36"
      />
    </li>
  );
}

/** A part's title without the name that the story's own begins with. */
function withoutArtist(title: string, name: string): string {
  const own = title.startsWith(`${name}: `) ? title.slice(name.length + 2) : title;
  return own.charAt(0).toUpperCase() + own.slice(1);
}
