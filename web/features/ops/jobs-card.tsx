"use client";

import { ListChecks, RotateCcw } from "lucide-react";
import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import type { Job } from "@/lib/api/types";
import { ago, exact, moment, fixed } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { useJobs, useRetryJob } from "./queries";
import { JOB_STATUSES, JOB_TONES, jobLabel } from "./labels";
import { t } from "./messages";

/** The jobs of the org with their status, newest first. */
export function JobsCard() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const status = (get("status") as Job["status"]) || undefined;
  const { items, error, refetch, isPlaceholderData, ...paging } = useJobs(status);
  const retry = useRetryJob();
  return (
    <Card aria-labelledby="jobs-title" old={isPlaceholderData}>
      <CardHeader id="jobs-title" title={t("jobs.title")} note={t("jobs.note")}>
        <Select
          aria-label={t("jobs.status")}
          className="h-8 w-40 text-sm"
          value={get("status")}
          onChange={(event) => set({ status: event.target.value })}
        >
          <option value="">{t("jobs.anyStatus")}</option>
          {JOB_STATUSES.map((each) => (
            <option key={each} value={each}>
              {t(`jobs.statuses.${each}`)}
            </option>
          ))}
        </Select>
      </CardHeader>
      {error && !items && <ErrorState error={error} what={t("jobs.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={8} />}
      {items?.length === 0 && status && <NoResults query="" onClear={() => set({ status: null })} />}
      {items?.length === 0 && !status && (
        <EmptyState icon={ListChecks} title={t("jobs.empty")}>
          {t("jobs.emptyHint")}
        </EmptyState>
      )}
      <ul className="divide-y divide-line border-t border-line">
        {items?.map((job) => (
          <li key={job.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-sm">
            <span className="min-w-0 flex-1 basis-48">
              <span className="font-medium">{jobLabel(job.name)}</span>
              <span className="block text-xs text-muted">{outcome(job)}</span>
            </span>
            <Badge tone={JOB_TONES[job.status]}>{t(`jobs.statuses.${job.status}`)}</Badge>
            <time className="w-28 text-right text-xs text-muted" title={moment(job.created_at)}>
              {ago(job.created_at)}
            </time>
            {(job.status === "dead" || job.status === "failed") && can("automation:manage") && (
              <Button
                aria-label={t("jobs.retryNamed", { job: jobLabel(job.name) })}
                busy={retry.isPending && retry.variables === job.id}
                onClick={() => retry.mutate(job.id)}
              >
                <RotateCcw aria-hidden /> {t("jobs.retry")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <LoadMore {...paging} />
    </Card>
  );
}

function seconds(ms: number): string {
  return ms < 100 ? t("jobs.underTenth") : t("jobs.seconds", { seconds: fixed(ms / 1000, 1) });
}

function outcome(job: Job): string {
  const progress = Object.entries(job.progress)
    .filter(([, value]) => typeof value === "number" || typeof value === "string")
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "number" ? exact(value) : value}`);
  const took =
    job.started_at && job.finished_at
      ? seconds(new Date(job.finished_at).getTime() - new Date(job.started_at).getTime())
      : "";
  const tries = job.attempts > 1 ? t("jobs.attempt", { number: job.attempts, most: job.max_attempts }) : "";
  return [took, tries, ...progress, job.status === "done" ? "" : job.last_error].filter(Boolean).join(" · ");
}
