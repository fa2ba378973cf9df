"use client";

import { notifyManager, useQueryClient, type QueryCache } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { ApiError } from "@/lib/api/error";
import { ago } from "@/lib/format";
import { t } from "@/components/messages";

/** When the oldest visible data was loaded whose refetch has failed, in ms; 0 when none has. */
function staleSince(cache: QueryCache): number {
  const times = cache
    .findAll({ type: "active" })
    .filter(
      ({ state }) =>
        state.status === "error" &&
        state.data !== undefined &&
        state.error instanceof ApiError &&
        (state.error.status === 0 || state.error.status >= 500),
    )
    .map(({ state }) => state.dataUpdatedAt);
  return times.length > 0 ? Math.min(...times) : 0;
}

/** A warning that the page shows old data because the server cannot be reached. */
export function StaleBanner() {
  const queries = useQueryClient();
  const cache = queries.getQueryCache();
  const subscribe = useCallback((onChange: () => void) => cache.subscribe(notifyManager.batchCalls(onChange)), [cache]);
  const since = useSyncExternalStore(
    subscribe,
    () => staleSince(cache),
    () => 0,
  );
  if (since === 0) return null;
  return (
    <div
      role="status"
      className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-card bg-warn-soft px-4 py-2 text-sm text-warn"
    >
      <span className="min-w-0 flex-1 basis-64">{t("shell.stale", { ago: ago(new Date(since).toISOString()) })}</span>
      <Button onClick={() => void queries.refetchQueries({ type: "active" })}>{t("actions.retry")}</Button>
    </div>
  );
}
