"use client";

import { keepPreviousData, useMutation } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import type { components } from "@/lib/api/schema";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import { t } from "./messages";

export type NewDocument = components["schemas"]["NewDocument"];

const at = (document_id: string) => ({ path: { document_id } });

export function useDocuments() {
  return useOrgList(
    ["documents", "list"],
    (cursor) => call((client) => client.GET("/api/documents", { params: { query: { cursor, limit: 50 } } })),
    { refetchInterval: 15_000 },
  );
}

export function useDocument(id: string) {
  return useOrgQuery(["documents", "one", id], () =>
    call((client) => client.GET("/api/documents/{document_id}", { params: at(id) })),
  );
}

export function useSearch(q: string) {
  return useOrgQuery(
    ["documents", "search", q],
    async () =>
      (await call((client) => client.GET("/api/documents/search", { params: { query: { q, limit: 8 } } }))).results,
    { enabled: q.length > 1, placeholderData: keepPreviousData },
  );
}

export function useAddDocument(onSuccess: () => void) {
  return useApiMutation((body: NewDocument) => call((client) => client.POST("/api/documents", { body })), {
    invalidates: [["documents"]],
    successMessage: () => t("dialog.saved"),
    onSuccess,
    silent: true,
  });
}

export function useRemoveDocument(onSuccess: () => void) {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/documents/{document_id}", { params: at(id) })),
    {
      invalidates: [["documents", "list"]],
      successMessage: () => t("document.deleted"),
      onSuccess,
    },
  );
}

export function useAsk() {
  return useMutation({
    mutationFn: (body: { question: string; artist_id: string | null }) =>
      call((client) => client.POST("/api/ask", { body })),
  });
}
