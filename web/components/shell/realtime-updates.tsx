"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useToast } from "@/lib/toast";
import { useOrgId, useSession } from "@/lib/session/context";
import { subscribeToChanges } from "@/lib/session/realtime";
import { t } from "@/components/messages";

/** The queries that a change of each table makes stale. */
const QUERIES_BY_TABLE: Record<string, string[][]> = {
  insights: [["insights"], ["home"], ["artists", "home"]],
  deliveries: [["deliveries"], ["mailbox", "list"]],
  imports: [
    ["imports", "list"],
    ["imports", "one"],
  ],
  sync_runs: [["accounts"]],
  jobs: [["jobs"]],
};

/** A sync writes many rows at once: they cause one refetch. */
const BATCH_MS = 1500;

/** Subscribe to changes of the org's tables and refetch what they affect. Without the channel, lists still poll. */
export function RealtimeUpdates() {
  const org = useOrgId();
  const { me } = useSession();
  const queries = useQueryClient();
  const router = useRouter();
  const { showToast } = useToast();
  const person = me.user.id;

  useEffect(() => {
    if (!org) return;
    const changed = new Set<string>();
    let timer: number | undefined;

    const refresh = () => {
      timer = undefined;
      const keys = [...changed].flatMap((table) => QUERIES_BY_TABLE[table] ?? []);
      changed.clear();
      keys.forEach((key) => void queries.invalidateQueries({ queryKey: [org, ...key] }));
    };
    const markChanged = (table: string) => {
      changed.add(table);
      timer ??= window.setTimeout(refresh, BATCH_MS);
    };

    const close = subscribeToChanges(org, Object.keys(QUERIES_BY_TABLE), ({ table, type, record }) => {
      markChanged(table);
      if (table !== "insights" || type !== "INSERT") return;
      refresh();
      const { id, title } = record as { id: string; title: string };
      showToast(title, {
        kind: "info",
        action: { label: t("shell.open"), run: () => router.push(`/insights/?id=${id}`) },
      });
    });
    return () => {
      window.clearTimeout(timer);
      close();
    };
  }, [org, person, queries, router, showToast]);
  return null;
}
