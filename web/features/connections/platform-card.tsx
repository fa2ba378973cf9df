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
import { ago, exact } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { ProviderAppDialog } from "./provider-app-dialog";
import { useProviderHealth } from "./queries";

function state(health: ProviderHealth) {
  if (health.reachable === false) return <Badge tone="bad">Does not answer</Badge>;
  if (!health.credentials) return <Badge tone="warn">Needs an app</Badge>;
  if (health.accounts.needs_reauth > 0) return <Badge tone="warn">{health.accounts.needs_reauth} to reconnect</Badge>;
  return <Badge tone="good">{health.reachable === null ? "Ready" : "Reachable"}</Badge>;
}

/** The state of a platform for this org. */
export function PlatformCard({ provider, onConnect }: { provider: Provider; onConnect: () => void }) {
  const { data, error, refetch } = useProviderHealth(provider);
  const { can, me } = useSession();
  // Of some of the accounts nobody can tell what is left for all.
  const quotaNote = me.active?.artist_access === "list" ? "not known to you" : "not published";
  const [app, setApp] = useState(false);
  return (
    <Card aria-label={`Platform ${provider}`} className="flex flex-col px-4 py-3.5">
      <div className="flex items-center justify-between gap-2">
        <h2>
          <ProviderName provider={provider} className="font-semibold" />
        </h2>
        {data ? state(data) : <Skeleton className="w-16" />}
      </div>
      {error && <ErrorState error={error} what="The status" retry={() => void refetch()} className="px-0 py-4" />}
      {data && (
        <dl className="mt-2 grid gap-0.5 text-sm text-muted">
          <div className="flex justify-between gap-2">
            <dt>Accounts</dt>
            <dd className="num text-fg">{data.accounts.active} active</dd>
          </div>
          <div className="flex justify-between gap-2">
            <dt>Last success</dt>
            <dd>{ago(data.last_success_at)}</dd>
          </div>
          <div className="flex justify-between gap-2">
            <dt>Calls left today</dt>
            <dd className="num">
              {data.quota ? `${exact(data.quota.left)} of ${exact(data.quota.limit)}` : quotaNote}
            </dd>
          </div>
          {data.mode === "simulator" && (
            <div className="flex justify-between gap-2">
              <dt>Source</dt>
              <dd title="An offline simulator of the platform, for trying ARTi out">simulator</dd>
            </div>
          )}
        </dl>
      )}
      {can("connections:manage") && (
        <div className="mt-auto flex gap-2 pt-3">
          <Button className="flex-1" onClick={onConnect}>
            <Plug aria-hidden /> Connect
          </Button>
          <Button
            size="icon"
            aria-label={`App credentials of ${provider}`}
            title="App credentials"
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
