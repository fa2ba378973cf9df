"use client";

import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Account, SyncRun } from "@/lib/api/types";
import { dayRange, fixed, moment } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { t } from "./messages";
import { useSyncRuns } from "./queries";
import { syncErrorLabel, RUN_TONES } from "./labels";

/** "12 new values, 0 restated, 3 pages, 4 calls in 1.2 s". */
function countsLabel(run: SyncRun): string {
  const counts = t("runs.counts", {
    values: run.observations_new,
    restated: run.observations_restated,
    pages: run.pages,
    calls: run.calls,
  });
  if (!run.finished_at) return counts;
  const seconds = (new Date(run.finished_at).getTime() - new Date(run.started_at).getTime()) / 1000;
  return t("runs.countsInTime", { counts, seconds: fixed(seconds, 1) });
}

export function RunsSheet({ account, onClose }: { account: Account; onClose: () => void }) {
  const { items, error, refetch, ...paging } = useSyncRuns(account.id);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("runs.title")}
      description={t("runs.of", { platform: providerName(account.provider), artist: account.artist_name })}
    >
      {error && !items && <ErrorState error={error} what={t("runs.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows className="px-0" />}
      {items?.length === 0 && <EmptyState title={t("runs.none")}>{t("runs.noneHint")}</EmptyState>}
      <ul className="divide-y divide-line">
        {items?.map((run) => (
          <li key={run.id} className="py-3 text-sm">
            <div className="flex flex-wrap items-center gap-2">
              <Badge tone={RUN_TONES[run.status]}>{t(`runs.status.${run.status}`)}</Badge>
              <span className="font-medium">{t(`runs.kinds.${run.kind}`)}</span>
              <span className="ml-auto text-xs text-muted">{moment(run.started_at)}</span>
            </div>
            <p className="num mt-1 text-muted">{countsLabel(run)}</p>
            {run.gaps.map((gap) => (
              <p key={gap.series + gap.from} className="text-warn">
                {t("runs.gap", { series: gap.series, days: dayRange(gap.from, gap.to) })}
              </p>
            ))}
            {run.error_class && <p className="text-down">{syncErrorLabel(run.error_class, run.error_message)}</p>}
          </li>
        ))}
      </ul>
      <LoadMore {...paging} />
    </Sheet>
  );
}
