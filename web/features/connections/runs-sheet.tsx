"use client";

import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Account, SyncRun } from "@/lib/api/types";
import { dayRange, exact, moment, plural } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useSyncRuns } from "./queries";
import { syncErrorLabel, RUN_KIND, RUN_STATUS } from "./labels";

function seconds(run: SyncRun): string {
  if (!run.finished_at) return "";
  return ` in ${((new Date(run.finished_at).getTime() - new Date(run.started_at).getTime()) / 1000).toFixed(1)} s`;
}

export function RunsSheet({ account, onClose }: { account: Account; onClose: () => void }) {
  const { items, error, refetch, ...paging } = useSyncRuns(account.id);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title="Sync runs"
      description={`${providerName(account.provider)} of ${account.artist_name}, newest first`}
    >
      {error && !items && <ErrorState error={error} what="The runs" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows className="px-0" />}
      {items?.length === 0 && (
        <EmptyState title="No runs yet">The first one starts within a minute after connecting.</EmptyState>
      )}
      <ul className="divide-y divide-line">
        {items?.map((run) => (
          <li key={run.id} className="py-3 text-sm">
            <div className="flex flex-wrap items-center gap-2">
              <Badge tone={RUN_STATUS[run.status].tone}>{RUN_STATUS[run.status].name}</Badge>
              <span className="font-medium">{RUN_KIND[run.kind]}</span>
              <span className="ml-auto text-xs text-muted">{moment(run.started_at)}</span>
            </div>
            <p className="num mt-1 text-muted">
              {plural(run.observations_new, "new value")}, {exact(run.observations_restated)} restated,{" "}
              {plural(run.pages, "page")}, {plural(run.calls, "call")}
              {seconds(run)}
            </p>
            {run.gaps.map((gap) => (
              <p key={gap.series + gap.from} className="text-warn">
                {gap.series}: no data for {dayRange(gap.from, gap.to)}
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
