"use client";

import { useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { useToast } from "@/lib/toast";
import type { Account } from "@/lib/api/types";
import { exact } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useOrgId, useSession } from "@/lib/session/context";
import { useJob, useSync } from "./queries";

/** A button to sync now; it shows the progress. */
export function SyncButton({ account }: { account: Account }) {
  const { can } = useSession();
  const org = useOrgId();
  const queries = useQueryClient();
  const { showToast } = useToast();
  const sync = useSync();
  const [job, setJob] = useState<string | null>(null);
  const { data } = useJob(can("jobs:read") ? job : null);
  const name = `${providerName(account.provider)} of ${account.artist_name}`;

  useEffect(() => {
    if (!job || !data || !["done", "failed", "dead"].includes(data.status)) return;
    setJob(null);
    for (const key of ["accounts", "artists", "insights"]) void queries.invalidateQueries({ queryKey: [org, key] });
    if (data.status === "done") showToast(`${name} is up to date`);
    else showToast(data.last_error ?? `${name} could not be synced`, { kind: "error" });
  }, [job, data, queries, org, showToast, name]);

  if (!can("connections:manage") || account.status !== "active") return null;
  const rows = Object.values(data?.progress ?? {}).find((value) => typeof value === "number");
  const busy = sync.isPending || job !== null;
  return (
    <Button
      busy={busy}
      aria-label={busy ? `Syncing ${name}` : `Sync ${name} now`}
      onClick={() => sync.mutate(account.id, { onSuccess: (answer) => setJob(answer.job_id) })}
    >
      {!busy && <RefreshCw aria-hidden />}
      {busy ? (typeof rows === "number" && rows > 0 ? `Syncing, ${exact(rows)}` : "Syncing") : "Sync now"}
    </Button>
  );
}
