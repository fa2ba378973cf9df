"use client";

import { BellRing } from "lucide-react";
import { StoryChart } from "@/components/charts/story-chart";
import { Link } from "@/components/link";
import { ProviderName } from "@/components/provider-icon";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { call } from "@/lib/api/client";
import { useOrgQuery } from "@/lib/api/queries";
import type { Digest } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { shortDay } from "@/lib/format";
import { metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

function useDigest(id: string) {
  return useOrgQuery(["notifications", "digest", id], () =>
    call((client) =>
      client.GET("/api/notifications/{notification_id}/digest", { params: { path: { notification_id: id } } }),
    ),
  );
}

/** A digest as its mail has it: the stories, then each panel that has something to say. */
export function DigestSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch } = useDigest(id);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("digest.title")}
      description={data?.head.map((line) => (
        <span key={line} className="block">
          {line}
        </span>
      ))}
    >
      {error && !data && <ErrorState error={error} what={t("digest.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={6} />}
      {data && <Content digest={data} />}
    </Sheet>
  );
}

function Content({ digest }: { digest: Digest }) {
  const { stories, story_count, panels, period_from, period_until } = digest;
  const more = story_count - stories.length;
  if (stories.length === 0 && panels.length === 0) {
    return (
      <EmptyState icon={BellRing} title={t("digest.nothing")}>
        {t("digest.nothingHint")}
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-6">
      {stories.length > 0 && (
        <section aria-labelledby="digest-stories">
          <h3 id="digest-stories" className="text-sm font-semibold">
            {t("digest.stories")}
          </h3>
          <ul className="mt-2 divide-y divide-line border-y border-line">
            {stories.map((story) => (
              <Story key={story.id} story={story} />
            ))}
          </ul>
          <Link
            href={`/insights/?after=${encodeURIComponent(period_from)}&until=${encodeURIComponent(period_until)}`}
            className="mt-2 inline-block text-sm font-medium text-accent hover:underline"
          >
            {more > 0 ? t("digest.more", { count: more }) : t("digest.all")}
          </Link>
        </section>
      )}
      {panels.map(({ kind, heading, rows }) => (
        <section key={kind} aria-labelledby={`digest-${kind}`}>
          <h3 id={`digest-${kind}`} className="text-sm font-semibold">
            {heading}
          </h3>
          <ul className="mt-2 divide-y divide-line border-y border-line">
            {rows.map((row) => (
              <li key={row.path + row.name} className="relative flex items-baseline gap-3 py-2 hover:bg-hover">
                <span className="min-w-0 flex-1">
                  <Link href={row.path} className="font-medium after:absolute after:inset-0 hover:text-accent">
                    {row.name}
                  </Link>
                  {row.remark && <span className="block text-xs text-muted">{row.remark}</span>}
                </span>
                {row.value && (
                  <span
                    className={cn(
                      "shrink-0 text-sm tabular-nums",
                      row.value.startsWith("▼") && "text-down",
                      row.value.startsWith("▲") && "text-up",
                    )}
                  >
                    {row.value}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Story({ story }: { story: Digest["stories"][number] }) {
  return (
    <li className="relative flex gap-3 py-3 hover:bg-hover">
      <div className="min-w-0 flex-1">
        <Link href={story.path} className="font-medium after:absolute after:inset-0 hover:text-accent">
          {story.title}
        </Link>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-2.5 text-xs text-muted">
          <ProviderName provider={story.provider} />
          <span>{shortDay(story.happened_on)}</span>
        </p>
        <p className="mt-1 text-sm text-muted">{story.body}</p>
      </div>
      <StoryChart
        chart={story.chart}
        happenedOn={story.happened_on}
        metric={metricName(story.metric, story.metric_name)}
        direction={story.direction}
        className="mt-1 w-24 shrink-0"
      />
    </li>
  );
}
