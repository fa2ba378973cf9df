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
import { KINDS, targetLabel } from "./labels";

export function ChannelsCard({ canManage }: { canManage: boolean }) {
  const { items, error, refetch } = useChannels();
  const change = useToggleChannel();
  const remove = useRemoveChannel();
  const test = useTestChannel();
  const [open, setOpen] = useState<Channel | null>(null);
  const [digest, setDigest] = useState<Channel | null>(null);
  return (
    <Card aria-labelledby="channels-title">
      <CardHeader id="channels-title" title="Channels" note="Where messages go" />
      {error && !items && <ErrorState error={error} what="The channels" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={3} />}
      {items?.length === 0 && (
        <EmptyState icon={Send} title="No channels yet">
          Slack, e-mail, SMS or n8n. Without credentials, messages go to the local mailbox.
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {items?.map((channel) => {
          const { icon: Icon, name } = KINDS[channel.kind];
          return (
            <li key={channel.id} className="flex items-center gap-3 px-4 py-3">
              <span className="grid size-8 shrink-0 place-items-center rounded-md bg-hover text-muted">
                <Icon className="size-4" aria-label={name} />
              </span>
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2 font-medium">
                  {channel.name}
                  {channel.delivers_to === "mailbox" && (
                    <Link
                      href="/mailbox/"
                      title="No service is configured for this kind of channel, so its messages go to the local mailbox"
                    >
                      <Badge tone="accent">local mailbox</Badge>
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
                label={`Channel ${channel.name}`}
                checked={
                  change.isPending && change.variables.id === channel.id ? change.variables.enabled : channel.enabled
                }
                disabled={!canManage}
                onChange={(enabled) => change.mutate({ id: channel.id, enabled })}
              />
              {canManage && (
                <Menu>
                  <MenuTrigger asChild>
                    <Button variant="ghost" size="icon" aria-label={`More about the channel ${channel.name}`}>
                      <MoreHorizontal aria-hidden />
                    </Button>
                  </MenuTrigger>
                  <MenuContent align="end">
                    <MenuItem onSelect={() => setOpen(channel)}>
                      <Pencil aria-hidden /> Change
                    </MenuItem>
                    <MenuItem onSelect={() => setDigest(channel)}>
                      <CalendarClock aria-hidden /> Digest and quiet hours
                    </MenuItem>
                    <MenuItem onSelect={() => test.mutate(channel.id)}>
                      <Send aria-hidden /> Send a test message
                    </MenuItem>
                    <MenuItem onSelect={() => remove.mutate(channel.id)}>
                      <Trash2 aria-hidden /> Remove, with its rules
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
