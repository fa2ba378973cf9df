"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";

const at = (message_id: string) => ({ path: { message_id } });

export function useMailbox() {
  return useOrgList(
    ["mailbox", "list"],
    (cursor) => call((client) => client.GET("/api/mailbox", { params: { query: { cursor, limit: 50 } } })),
    { refetchInterval: 10_000 },
  );
}

export function useMessage(id: string) {
  return useOrgQuery(["mailbox", "one", id], () =>
    call((client) => client.GET("/api/mailbox/{message_id}", { params: at(id) })),
  );
}

export function useMarkRead() {
  return useApiMutation(
    (id: string) =>
      call((client) => client.PATCH("/api/mailbox/{message_id}", { params: at(id), body: { read: true } })),
    { invalidates: [["mailbox", "list"]], silent: true },
  );
}
