"use client";

import { Cable, Plug } from "lucide-react";
import { useState } from "react";
import { SearchField } from "@/components/search-field";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { PlatformSelect } from "@/components/platform-select";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import type { Account, Provider } from "@/lib/api/types";
import { PROVIDER_NAMES } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { AccountRow } from "./account-row";
import { ConnectDialog } from "./connect-dialog";
import { t } from "./messages";
import { PlatformCard } from "./platform-card";
import { useAccounts } from "./queries";
import { useConnectResult } from "./use-connect-result";

/** Sort accounts that need attention first, then failed ones, then the rest in the server's order. */
function urgency(account: Account): number {
  if (account.status === "needs_reauth") return 2;
  return account.status === "active" && account.last_error_class ? 1 : 0;
}

export function AccountsPage() {
  const { can } = useSession();
  const { items, error, refetch, ...paging } = useAccounts();
  const [connecting, setConnecting] = useState<Provider | null>(null);
  useConnectResult();
  const { get, set } = useUrlState();
  const q = get("q");
  const shown = (items ?? [])
    .filter((each) => !get("on") || each.provider === get("on"))
    .filter((each) => `${each.artist_name} ${each.display_name}`.toLowerCase().includes(q.toLowerCase()))
    .sort((a, b) => urgency(b) - urgency(a));
  const connect = can("connections:manage") && (
    <Button variant="primary" onClick={() => setConnecting("spotify")}>
      <Plug aria-hidden /> {t("connectAccount")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        {connect}
      </PageHeader>
      <div className="mb-4 grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {PROVIDER_NAMES.map((provider) => (
          <PlatformCard key={provider} provider={provider} onConnect={() => setConnecting(provider)} />
        ))}
      </div>
      <Card aria-labelledby="accounts-title">
        <CardHeader id="accounts-title" title={t("list.title")} note={t("list.note")}>
          <SearchField label={t("list.find")} value={q} onChange={(value) => set({ q: value })} />
          <PlatformSelect
            className="h-8 w-36 text-sm"
            value={get("on")}
            onChange={(event) => set({ on: event.target.value })}
          />
        </CardHeader>
        {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
        {!items && !error && <SkeletonRows rows={4} />}
        {items?.length === 0 && (
          <EmptyState icon={Cable} title={t("list.empty")} action={connect}>
            {can("connections:manage") ? t("list.emptyManager") : t("list.emptyReader")}
          </EmptyState>
        )}
        {items && items.length > 0 && shown.length === 0 && (
          <NoResults query={q} onClear={() => set({ q: null, on: null })} />
        )}
        {shown.length > 0 && (
          <ul className="divide-y divide-line border-t border-line">
            {shown.map((account) => (
              <AccountRow key={account.id} account={account} />
            ))}
          </ul>
        )}
        <LoadMore {...paging} />
      </Card>
      {connecting && <ConnectDialog provider={connecting} onClose={() => setConnecting(null)} />}
    </>
  );
}
