"use client";

import { now } from "@/lib/clock";
import { History, MoreHorizontal, Plug, Unplug } from "lucide-react";
import { Link } from "@/components/link";
import { useState } from "react";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import type { Account } from "@/lib/api/types";
import { ago, moment } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { ConnectDialog } from "./connect-dialog";
import { DisconnectDialog } from "./disconnect-dialog";
import { RunsSheet } from "./runs-sheet";
import { t } from "./messages";
import { SyncButton } from "./sync-button";
import { syncErrorLabel, STATUS_TONES } from "./labels";

const SOON_MS = 14 * 86_400_000;

function When({ label, at, none = t("account.never") }: { label: string; at: string | null; none?: string }) {
  return (
    <div>
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="text-sm" title={at ? moment(at) : undefined}>
        {at ? ago(at) : none}
      </dd>
    </div>
  );
}

/** A connected account: its state, when it was and will be synced, and what can be done. */
export function AccountRow({ account }: { account: Account }) {
  const { can } = useSession();
  const [open, setOpen] = useState<"runs" | "connect" | "disconnect" | null>(null);
  const error =
    account.status === "disconnected" ? null : syncErrorLabel(account.last_error_class, account.last_error_message);
  const expires = account.consent_expires_at;
  const soon = expires !== null && new Date(expires).getTime() - now() < SOON_MS;
  const close = () => setOpen(null);

  return (
    <li className="grid gap-x-6 gap-y-3 px-4 py-3.5 lg:grid-cols-[minmax(0,1.3fr)_minmax(0,2fr)_auto] lg:items-center">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <ProviderName provider={account.provider} className="font-semibold" />
          <Badge tone={STATUS_TONES[account.status]} title={t(`statusHint.${account.status}`)}>
            {t(`status.${account.status}`)}
          </Badge>
        </div>
        <p className="mt-0.5 truncate text-sm">
          <Link href={`/artist/?id=${account.artist_id}`} className="hover:text-accent hover:underline">
            {account.artist_name}
          </Link>
          <span className="text-muted">
            {" · "}
            {account.url ? (
              <a href={account.url} target="_blank" rel="noreferrer" className="hover:text-accent hover:underline">
                {account.display_name}
              </a>
            ) : (
              account.display_name
            )}
          </span>
        </p>
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
        <When label={t("account.lastSuccess")} at={account.last_success_at} />
        <When label={t("account.lastSync")} at={account.last_sync_at} />
        <When
          label={t("account.nextSync")}
          at={account.status === "active" ? account.next_sync_at : null}
          none={t("account.notPlanned")}
        />
        <div>
          <dt className="text-xs text-muted">{t("account.consent")}</dt>
          <dd
            className={soon ? "text-sm font-medium text-warn" : "text-sm"}
            title={expires ? moment(expires) : undefined}
          >
            {expires ? t("account.expires", { when: ago(expires) }) : t("account.doesNotExpire")}
          </dd>
        </div>
      </dl>
      <div className="flex items-center gap-2 lg:justify-end">
        {account.status === "needs_reauth" && can("connections:manage") && (
          <Button variant="primary" onClick={() => setOpen("connect")}>
            <Plug aria-hidden /> {t("account.reconnect")}
          </Button>
        )}
        <SyncButton account={account} />
        <Menu>
          <MenuTrigger asChild>
            <Button
              size="icon"
              variant="ghost"
              aria-label={t("account.more", {
                platform: providerName(account.provider),
                artist: account.artist_name,
              })}
            >
              <MoreHorizontal aria-hidden />
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            <MenuItem onSelect={() => setOpen("runs")}>
              <History aria-hidden /> {t("account.runs")}
            </MenuItem>
            {can("connections:manage") && account.status !== "disconnected" && (
              <MenuItem onSelect={() => setOpen("disconnect")}>
                <Unplug aria-hidden /> {t("account.disconnect")}
              </MenuItem>
            )}
          </MenuContent>
        </Menu>
      </div>
      {(error || account.missing_days > 0) && (
        <p className="text-sm text-muted lg:col-span-3">
          {error && <span className={account.status === "needs_reauth" ? "text-warn" : "text-down"}>{error} </span>}
          {account.missing_days > 0 && t("account.missingDays", { count: account.missing_days })}
        </p>
      )}
      {open === "runs" && <RunsSheet account={account} onClose={close} />}
      {open === "connect" && <ConnectDialog provider={account.provider} artist={account.artist_id} onClose={close} />}
      {open === "disconnect" && <DisconnectDialog account={account} onClose={close} />}
    </li>
  );
}
