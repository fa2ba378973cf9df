"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList } from "@/lib/api/queries";
import type { CreatedUploadLink } from "@/lib/api/types";
import { t } from "./messages";

const LINKS = [["upload-links"]];

export function useUploadLinks() {
  return useOrgList(["upload-links"], (cursor) =>
    call((client) => client.GET("/api/upload-links", { params: { query: { cursor, limit: 20 } } })),
  );
}

export function useCreateUploadLink(onSuccess: (link: CreatedUploadLink) => void) {
  return useApiMutation(
    (body: { artist_id: string; days: number; note: string }) =>
      call((client) =>
        client.POST("/api/upload-links", { body: { ...body, max_files: 100, max_bytes: 200 * 1024 * 1024 } }),
      ),
    { invalidates: LINKS, onSuccess, silent: true },
  );
}

export function useRevokeUploadLink(onSuccess: () => void) {
  return useApiMutation(
    (link_id: string) =>
      call((client) => client.DELETE("/api/upload-links/{link_id}", { params: { path: { link_id } } })),
    { invalidates: LINKS, successMessage: () => t("revoked"), onSuccess },
  );
}
