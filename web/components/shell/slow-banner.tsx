"use client";

import { useQueryClient, type Query, type QueryCache } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { t } from "@/components/messages";

const SLOW_MS = 5000;
const LOOK_MS = 500;

const isWaiting = (query: Query) => query.isActive() && query.state.fetchStatus === "fetching";

/** The queries of what is on the page whose answer is awaited for longer than is usual. */
function findSlow(cache: QueryCache, since: Map<string, number>): string[] {
  const waiting = cache
    .getAll()
    .filter(isWaiting)
    .map((query) => query.queryHash);
  for (const hash of since.keys()) if (!waiting.includes(hash)) since.delete(hash);
  for (const hash of waiting) if (!since.has(hash)) since.set(hash, performance.now());
  return waiting.filter((hash) => performance.now() - since.get(hash)! >= SLOW_MS);
}

/** Says that an answer takes longer than usual, with a way to ask for it again. */
export function SlowBanner() {
  const queries = useQueryClient();
  const [isSlow, setIsSlow] = useState(false);
  const since = useRef(new Map<string, number>());
  useEffect(() => {
    const look = () => setIsSlow(findSlow(queries.getQueryCache(), since.current).length > 0);
    const timer = window.setInterval(look, LOOK_MS);
    return () => window.clearInterval(timer);
  }, [queries]);
  if (!isSlow) return null;
  const retry = async () => {
    setIsSlow(false);
    since.current.clear();
    // The request that hangs is given up: without that, asking again would wait for it.
    await queries.cancelQueries({ predicate: isWaiting });
    await queries.refetchQueries({ type: "active", predicate: (query) => query.state.fetchStatus === "idle" });
  };
  return (
    <div
      role="status"
      className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-card bg-warn-soft px-4 py-2 text-sm text-warn"
    >
      <span className="min-w-0 flex-1 basis-64">{t("shell.slow")}</span>
      <Button onClick={() => void retry()}>{t("actions.retry")}</Button>
    </div>
  );
}
