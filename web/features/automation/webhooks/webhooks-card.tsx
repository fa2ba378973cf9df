"use client";

import { MoreHorizontal, Plus, RefreshCw, ScrollText, Trash2, Webhook } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { CreatedWebhookSource, WebhookSource } from "@/lib/api/types";
import { ago } from "@/lib/format";
import { useRemoveWebhookSource, useWebhookSources, type SourceName } from "./queries";
import { ReceivedSheet } from "./received-sheet";
import { SecretDialog } from "./secret-dialog";
import { SourceDialog } from "./source-dialog";
import { SENDERS } from "./words";
import { t } from "../messages";

/** Who may call ARTi: senders of webhooks, with what arrived from them. */
export function WebhooksCard({ canManage }: { canManage: boolean }) {
  const { data, error, refetch } = useWebhookSources();
  // A sender whose secret is replaced, or "new".
  const [saving, setSaving] = useState<SourceName | "new" | null>(null);
  const [saved, setSaved] = useState<CreatedWebhookSource | null>(null);
  const [removing, setRemoving] = useState<SourceName | null>(null);
  const [shown, setShown] = useState<SourceName | null>(null);
  const remove = useRemoveWebhookSource(() => setRemoving(null));
  const missing = SENDERS.filter((name) => !data?.some((each) => each.source === name));
  return (
    <Card aria-labelledby="webhooks-title">
      <CardHeader id="webhooks-title" title={t("webhooks.title")} note={t("webhooks.note")}>
        {canManage && data && missing.length > 0 && (
          <Button onClick={() => setSaving("new")}>
            <Plus aria-hidden /> {t("webhooks.add")}
          </Button>
        )}
      </CardHeader>
      {error && !data && <ErrorState error={error} what={t("webhooks.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={2} />}
      {data?.length === 0 && (
        <EmptyState icon={Webhook} title={t("webhooks.empty")}>
          {t("webhooks.emptyHint")}
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {data?.map((source) => (
          <li key={source.source} className="flex items-center gap-3 px-4 py-3">
            <div className="min-w-0 flex-1">
              <p className="font-medium">{t(`senders.${source.source}`)}</p>
              <p className="text-sm text-muted">{facts(source)}</p>
            </div>
            <Menu>
              <MenuTrigger asChild>
                <Button
                  variant="ghost"
                  size="icon"
                  aria-label={t("webhooks.more", { name: t(`senders.${source.source}`) })}
                >
                  <MoreHorizontal aria-hidden />
                </Button>
              </MenuTrigger>
              <MenuContent align="end">
                <MenuItem onSelect={() => setShown(source.source)}>
                  <ScrollText aria-hidden /> {t("webhooks.arrived")}
                </MenuItem>
                {canManage && (
                  <>
                    <MenuItem onSelect={() => setSaving(source.source)}>
                      <RefreshCw aria-hidden /> {t("webhooks.replace")}
                    </MenuItem>
                    <MenuItem onSelect={() => setRemoving(source.source)}>
                      <Trash2 aria-hidden /> {t("remove")}
                    </MenuItem>
                  </>
                )}
              </MenuContent>
            </Menu>
          </li>
        ))}
      </ul>
      {saving && (
        <SourceDialog
          source={saving === "new" ? null : saving}
          choices={missing}
          onClose={() => setSaving(null)}
          onSaved={(source) => {
            setSaving(null);
            setSaved(source);
          }}
        />
      )}
      {saved && <SecretDialog source={saved} onClose={() => setSaved(null)} />}
      {shown && data && (
        <ReceivedSheet source={data.find((each) => each.source === shown)!} onClose={() => setShown(null)} />
      )}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t("webhooks.removeQuestion", { name: removing ? t(`senders.${removing}`) : t("webhooks.thisSender") })}
        act={t("remove")}
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing)}
      >
        {t("webhooks.removeHint")}
      </ConfirmDialog>
    </Card>
  );
}

function facts({ signing, received, last_received_at }: WebhookSource): string {
  const calls = received ? t("webhooks.calls", { count: received, ago: ago(last_received_at) }) : t("webhooks.noCall");
  return [t(`signedBy.${signing}`), calls].join(" · ");
}
