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
import { t } from "./messages";
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
  const name = t("account.of", { platform: providerName(account.provider), artist: account.artist_name });

  useEffect(() => {
    if (!job || !data || !["done", "failed", "dead"].includes(data.status)) return;
    setJob(null);
    for (const key of ["accounts", "artists", "insights"]) void queries.invalidateQueries({ queryKey: [org, key] });
    if (data.status === "done") showToast(t("sync.done", { name }));
    else showToast(data.last_error ?? t("sync.failed", { name }), { kind: "error" });
  }, [job, data, queries, org, showToast, name]);

  if (!can("connections:manage") || account.status !== "active") return null;
  const rows = Object.values(data?.progress ?? {}).find((value) => typeof value === "number");
  const busy = sync.isPending || job !== null;
  return (
    <Button
      busy={busy}
      aria-label={busy ? t("sync.runningOf", { name }) : t("sync.nowOf", { name })}
      onClick={() => sync.mutate(account.id, { onSuccess: (answer) => setJob(answer.job_id) })}
    >
      {!busy && <RefreshCw aria-hidden />}
      {!busy && t("sync.now")}
      {busy &&
        (typeof rows === "number" && rows > 0 ? t("sync.runningRows", { rows: exact(rows) }) : t("sync.running"))}
    </Button>
  );
}
