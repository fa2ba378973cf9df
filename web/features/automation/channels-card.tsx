"use client";

import { CalendarClock, MoreHorizontal, Pencil, Send, Trash2 } from "lucide-react";
import { Link } from "@/components/link";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { Switch } from "@/components/ui/switch";
import type { Channel } from "@/lib/api/types";
import { ChannelSettingsDialog } from "@/components/notifications/settings-card";
import { ChannelDialog } from "./channel-dialog";
import { useChannels, useRemoveChannel, useToggleChannel, useTestChannel } from "./queries";
import { KIND_ICONS, targetLabel } from "./labels";
import { t } from "./messages";

export function ChannelsCard({ canManage }: { canManage: boolean }) {
  const { items, error, refetch } = useChannels();
  const change = useToggleChannel();
  const remove = useRemoveChannel();
  const test = useTestChannel();
  const [open, setOpen] = useState<Channel | null>(null);
  const [digest, setDigest] = useState<Channel | null>(null);
  return (
    <Card aria-labelledby="channels-title">
      <CardHeader id="channels-title" title={t("channels.title")} note={t("channels.note")} />
      {error && !items && <ErrorState error={error} what={t("channels.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={3} />}
      {items?.length === 0 && (
        <EmptyState icon={Send} title={t("channels.empty")}>
          {t("channels.emptyHint")}
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {items?.map((channel) => {
          const Icon = KIND_ICONS[channel.kind];
          const name = t(`kinds.${channel.kind}`);
          return (
            <li key={channel.id} className="flex items-center gap-3 px-4 py-3">
              <span className="grid size-8 shrink-0 place-items-center rounded-md bg-hover text-muted">
                <Icon className="size-4" aria-label={name} />
              </span>
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2 font-medium">
                  {channel.name}
                  {channel.delivers_to === "mailbox" && (
                    <Link href="/mailbox/" title={t("channels.localHint")}>
                      <Badge tone="accent">{t("channels.local")}</Badge>
                    </Link>
                  )}
                </p>
                <p className="truncate text-sm text-muted">
                  {[name, targetLabel(channel)].filter(Boolean).join(" · ")}
                </p>
                {(channel.disabled_reason ?? channel.problem) && (
                  <p className="text-sm text-warn">{channel.disabled_reason ?? channel.problem}</p>
                )}
              </div>
              <Switch
                label={t("channels.switch", { name: channel.name })}
                checked={
                  change.isPending && change.variables.id === channel.id ? change.variables.enabled : channel.enabled
                }
                disabled={!canManage}
                onChange={(enabled) => change.mutate({ id: channel.id, enabled })}
              />
              {canManage && (
                <Menu>
                  <MenuTrigger asChild>
                    <Button variant="ghost" size="icon" aria-label={t("channels.more", { name: channel.name })}>
                      <MoreHorizontal aria-hidden />
                    </Button>
                  </MenuTrigger>
                  <MenuContent align="end">
                    <MenuItem onSelect={() => setOpen(channel)}>
                      <Pencil aria-hidden /> {t("change")}
                    </MenuItem>
                    <MenuItem onSelect={() => setDigest(channel)}>
                      <CalendarClock aria-hidden /> {t("channels.digest")}
                    </MenuItem>
                    <MenuItem onSelect={() => test.mutate(channel.id)}>
                      <Send aria-hidden /> {t("channels.test")}
                    </MenuItem>
                    <MenuItem onSelect={() => remove.mutate(channel.id)}>
                      <Trash2 aria-hidden /> {t("channels.remove")}
                    </MenuItem>
                  </MenuContent>
                </Menu>
              )}
            </li>
          );
        })}
      </ul>
      {digest && <ChannelSettingsDialog channel={digest} onClose={() => setDigest(null)} />}
      {open && <ChannelDialog channel={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}
