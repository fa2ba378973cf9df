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
import { ago, exact } from "@/lib/format";
import { useRemoveWebhookSource, useWebhookSources, type SourceName } from "./queries";
import { ReceivedSheet } from "./received-sheet";
import { SecretDialog } from "./secret-dialog";
import { SourceDialog } from "./source-dialog";
import { SENDERS, SIGNED_BY } from "./words";

/** Who may call ARTi: senders of webhooks, with what arrived from them. */
export function WebhooksCard({ canManage }: { canManage: boolean }) {
  const { data, error, refetch } = useWebhookSources();
  // A sender whose secret is replaced, or "new".
  const [saving, setSaving] = useState<SourceName | "new" | null>(null);
  const [saved, setSaved] = useState<CreatedWebhookSource | null>(null);
  const [removing, setRemoving] = useState<SourceName | null>(null);
  const [shown, setShown] = useState<SourceName | null>(null);
  const remove = useRemoveWebhookSource(() => setRemoving(null));
  const missing = (Object.keys(SENDERS) as SourceName[]).filter((name) => !data?.some((each) => each.source === name));
  return (
    <Card aria-labelledby="webhooks-title">
      <CardHeader id="webhooks-title" title="Incoming webhooks" note="Who may send to ARTi">
        {canManage && data && missing.length > 0 && (
          <Button onClick={() => setSaving("new")}>
            <Plus aria-hidden /> Sender
          </Button>
        )}
      </CardHeader>
      {error && !data && <ErrorState error={error} what="The incoming webhooks" retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={2} />}
      {data?.length === 0 && (
        <EmptyState icon={Webhook} title="Nobody sends to ARTi yet">
          n8n, Slack, Meta or a program of your own. What they send can put a note on the calendar.
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {data?.map((source) => (
          <li key={source.source} className="flex items-center gap-3 px-4 py-3">
            <div className="min-w-0 flex-1">
              <p className="font-medium">{SENDERS[source.source].name}</p>
              <p className="text-sm text-muted">{facts(source)}</p>
            </div>
            <Menu>
              <MenuTrigger asChild>
                <Button variant="ghost" size="icon" aria-label={`More about ${SENDERS[source.source].name}`}>
                  <MoreHorizontal aria-hidden />
                </Button>
              </MenuTrigger>
              <MenuContent align="end">
                <MenuItem onSelect={() => setShown(source.source)}>
                  <ScrollText aria-hidden /> Address, and what arrived
                </MenuItem>
                {canManage && (
                  <>
                    <MenuItem onSelect={() => setSaving(source.source)}>
                      <RefreshCw aria-hidden /> Replace the secret
                    </MenuItem>
                    <MenuItem onSelect={() => setRemoving(source.source)}>
                      <Trash2 aria-hidden /> Remove
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
        title={`Remove ${removing ? SENDERS[removing].name : "this sender"}?`}
        act="Remove"
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing)}
      >
        Its calls are refused from now on, and its secret is deleted. What arrived stays on record.
      </ConfirmDialog>
    </Card>
  );
}

function facts({ signing, received, last_received_at }: WebhookSource): string {
  const calls = received === 1 ? "1 call" : `${exact(received)} calls`;
  return [SIGNED_BY[signing], received ? `${calls}, the last ${ago(last_received_at)}` : "no call yet"].join(" · ");
}
