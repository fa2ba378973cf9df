"use client";

import { KeyRound, Plug } from "lucide-react";
import { useState } from "react";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { Provider, ProviderHealth } from "@/lib/api/types";
import { ago } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { ProviderAppDialog } from "./provider-app-dialog";
import { useProviderHealth } from "./queries";

function state(health: ProviderHealth) {
  if (health.reachable === false) return <Badge tone="bad">{t("platform.noAnswer")}</Badge>;
  if (!health.credentials) return <Badge tone="warn">{t("platform.needsApp")}</Badge>;
  if (health.accounts.needs_reauth > 0)
    return <Badge tone="warn">{t("platform.toReconnect", { count: health.accounts.needs_reauth })}</Badge>;
  return <Badge tone="good">{health.reachable === null ? t("platform.ready") : t("platform.reachable")}</Badge>;
}

/** The state of a platform for this org. */
export function PlatformCard({ provider, onConnect }: { provider: Provider; onConnect: () => void }) {
  const { data, error, refetch } = useProviderHealth(provider);
  const { can, me } = useSession();
  // Of some of the accounts nobody can tell what is left for all.
  const quotaNote = me.active?.artist_access === "list" ? t("platform.callsHidden") : t("platform.callsUnknown");
  const [app, setApp] = useState(false);
  return (
    <Card aria-label={t("platform.card", { platform: provider })} className="flex flex-col px-4 py-3.5">
      <div className="flex items-center justify-between gap-2">
        <h2>
          <ProviderName provider={provider} className="font-semibold" />
        </h2>
        {data ? state(data) : <Skeleton className="w-16" />}
      </div>
      {error && (
        <ErrorState error={error} what={t("platform.what")} retry={() => void refetch()} className="px-0 py-4" />
      )}
      {data && (
        <dl className="mt-2 grid gap-0.5 text-sm text-muted">
          <div className="flex justify-between gap-2">
            <dt>{t("platform.accounts")}</dt>
            <dd className="num text-fg">{t("platform.active", { count: data.accounts.active })}</dd>
          </div>
          <div className="flex justify-between gap-2">
            <dt>{t("platform.lastSuccess")}</dt>
            <dd>{ago(data.last_success_at)}</dd>
          </div>
          <div className="flex justify-between gap-2">
            <dt>{t("platform.callsLeft")}</dt>
            <dd className="num">
              {data.quota ? t("platform.callsOf", { left: data.quota.left, limit: data.quota.limit }) : quotaNote}
            </dd>
          </div>
          {data.mode === "simulator" && (
            <div className="flex justify-between gap-2">
              <dt>{t("platform.source")}</dt>
              <dd title={t("platform.simulatorHint")}>{t("platform.simulator")}</dd>
            </div>
          )}
        </dl>
      )}
      {can("connections:manage") && (
        <div className="mt-auto flex gap-2 pt-3">
          <Button className="flex-1" onClick={onConnect}>
            <Plug aria-hidden /> {t("connect")}
          </Button>
          <Button
            size="icon"
            aria-label={t("platform.appOf", { platform: provider })}
            title={t("platform.app")}
            onClick={() => setApp(true)}
          >
            <KeyRound aria-hidden />
          </Button>
        </div>
      )}
      {app && <ProviderAppDialog provider={provider} onClose={() => setApp(false)} />}
    </Card>
  );
}
