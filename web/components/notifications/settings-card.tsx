"use client";

import { Card, CardHeader } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { Channel } from "@/lib/api/types";
import { useNotificationSettings } from "./queries";
import { SettingsForm } from "./settings-form";
import { t } from "./messages";

/** The member's own settings. */
export function NotificationSettingsCard() {
  return (
    <Card aria-labelledby="notification-settings-title">
      <CardHeader id="notification-settings-title" title={t("settings.own")} note={t("settings.ownNote")} />
      <Loaded channel={null} />
    </Card>
  );
}

/** The digest and the quiet hours of a channel. */
export function ChannelSettingsDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("settings.ofChannel", { name: channel.name })}
      description={t("settings.channelNote")}
    >
      <div className="-mx-4">
        <Loaded channel={channel} onSaved={onClose} />
      </div>
    </Dialog>
  );
}

function Loaded({ channel, onSaved }: { channel: Channel | null; onSaved?: () => void }) {
  const { data, error, refetch } = useNotificationSettings(channel?.id ?? null);
  if (error) return <ErrorState error={error} what={t("settings.what")} retry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={3} />;
  return <SettingsForm settings={data} channel={channel} onSaved={onSaved} />;
}
