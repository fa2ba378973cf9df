"use client";

import { call } from "@/lib/api/client";
import { useOrgQuery } from "@/lib/api/queries";

const POLL_MS = 60_000;

/** How many notifications are unread: on every page, so without the texts of the list. */
export function useUnreadCount(enabled: boolean) {
  const { data } = useOrgQuery(
    ["notifications", "unread"],
    () => call((client) => client.GET("/api/notifications/unread")),
    { enabled, refetchInterval: POLL_MS },
  );
  return data?.count ?? 0;
}
