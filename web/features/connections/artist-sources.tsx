"use client";

import { Plug } from "lucide-react";
import { useState } from "react";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { Provider } from "@/lib/api/types";
import { ago, moment } from "@/lib/format";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { ConnectDialog } from "./connect-dialog";
import { useAccounts } from "./queries";
import { useConnectResult } from "./use-connect-result";
import { t } from "./messages";
import { syncErrorLabel, STATUS_TONES } from "./labels";

/** The artist's accounts by platform; `files` is the import of exported files. */
export function ArtistSources({ files }: { files: React.ReactNode }) {
  const { get } = useUrlState();
  const { can } = useSession();
  const artist = get("id");
  const { items, error, refetch } = useAccounts(artist);
  const [connecting, setConnecting] = useState<Provider | null>(null);
  useConnectResult();
  return (
    <Card aria-labelledby="sources-title" className="flex flex-col">
      <CardHeader id="sources-title" title={t("artistSources.title")} note={t("artistSources.note")} />
      {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} className="py-4" />}
      {!items && !error && <SkeletonRows rows={3} />}
      {items && (
        <ul className="divide-y divide-line border-t border-line">
          {PROVIDER_NAMES.map((provider) => {
            const account = items.find((each) => each.provider === provider && each.status !== "disconnected");
            const problem = account && syncErrorLabel(account.last_error_class, account.last_error_message);
            return (
              <li key={provider} className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-1.5 text-sm">
                <ProviderName provider={provider} className="w-26 font-medium" />
                {account ? (
                  <>
                    <Badge tone={STATUS_TONES[account.status]}>{t(`status.${account.status}`)}</Badge>
                    <span
                      className="ml-auto text-xs text-muted"
                      title={account.last_success_at ? moment(account.last_success_at) : undefined}
                    >
                      {account.last_success_at ? ago(account.last_success_at) : t("artistSources.collecting")}
                    </span>
                    {problem && account.status !== "active" && (
                      <span className="basis-full text-xs text-warn">{problem}</span>
                    )}
                  </>
                ) : (
                  <>
                    <span className="text-muted">{t("artistSources.notConnected")}</span>
                    {can("connections:manage") && (
                      <Button
                        variant="ghost"
                        className="ml-auto text-accent"
                        onClick={() => setConnecting(provider)}
                        aria-label={t("connectOf", { platform: providerName(provider) })}
                      >
                        <Plug aria-hidden /> {t("connect")}
                      </Button>
                    )}
                  </>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <div className="mt-auto border-t border-line p-3">{files}</div>
      {connecting && <ConnectDialog provider={connecting} artist={artist} onClose={() => setConnecting(null)} />}
    </Card>
  );
}
