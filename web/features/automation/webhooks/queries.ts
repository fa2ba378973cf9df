"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { CreatedWebhookSource, WebhookSource } from "@/lib/api/types";
import { t } from "../messages";

export type SourceName = WebhookSource["source"];

const STALE = [["webhook-sources"], ["audit"]];

export function useWebhookSources() {
  return useOrgQuery(
    ["webhook-sources"],
    async () => (await call((client) => client.GET("/api/webhook-sources"))).items,
  );
}

/** The calls that arrived from a sender. */
export function useWebhookEvents(source: SourceName) {
  return useOrgList(["webhook-events", source], (cursor) =>
    call((client) => client.GET("/api/webhook-events", { params: { query: { source, cursor, limit: 30 } } })),
  );
}

/** Add a sender, or replace its secret. */
export function useSaveWebhookSource(onSuccess: (saved: CreatedWebhookSource) => void) {
  return useApiMutation(
    (body: { source: SourceName; secret: string | null }) =>
      call((client) => client.POST("/api/webhook-sources", { body })),
    { invalidates: STALE, onSuccess, silent: true },
  );
}

export function useRemoveWebhookSource(onSuccess: () => void) {
  return useApiMutation(
    (source: SourceName) =>
      call((client) => client.DELETE("/api/webhook-sources/{source}", { params: { path: { source } } })),
    { invalidates: STALE, successMessage: () => t("webhooks.removed"), onSuccess },
  );
}
