"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Notification, NotificationSettings } from "@/lib/api/types";
import { t } from "./messages";

const POLL_MS = 60_000;

export function useNotifications(unread: boolean) {
  return useOrgList<Notification>(
    ["notifications", "list", unread],
    (cursor) =>
      call((client) => client.GET("/api/notifications", { params: { query: { unread, cursor, limit: 30 } } })),
    { refetchInterval: POLL_MS },
  );
}

export function useMarkNotifications() {
  return useApiMutation(
    (body: { ids?: string[]; read: boolean }) => call((client) => client.PUT("/api/notification-reads", { body })),
    { invalidates: [["notifications"]] },
  );
}

export function useNotificationSettings(channelId: string | null) {
  return useOrgQuery(["notification-settings", channelId ?? "own"], () =>
    channelId
      ? call((client) =>
          client.GET("/api/channels/{channel_id}/notification-settings", {
            params: { path: { channel_id: channelId } },
          }),
        )
      : call((client) => client.GET("/api/notification-settings")),
  );
}

export function useSaveNotificationSettings(channelId: string | null, onSuccess?: () => void) {
  return useApiMutation(
    (body: NotificationSettings) =>
      channelId
        ? call((client) =>
            client.PUT("/api/channels/{channel_id}/notification-settings", {
              params: { path: { channel_id: channelId } },
              body,
            }),
          )
        : call((client) => client.PUT("/api/notification-settings", { body })),
    {
      invalidates: [["notification-settings"], ["notifications"]],
      successMessage: () => t("settings.saved"),
      onSuccess,
      silent: true,
    },
  );
}
