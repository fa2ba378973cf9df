"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { Key, MadeKey, NewKey } from "@/lib/api/types";
import { t } from "../messages";

const STALE = [["keys"], ["members"], ["audit"]];

export function useKeys() {
  return useOrgQuery<Key[]>(["keys"], () => call((client) => client.GET("/api/keys")));
}

export function useCreateKey(onSuccess: (made: MadeKey) => void) {
  return useApiMutation((body: NewKey) => call((client) => client.POST("/api/keys", { body })), {
    invalidates: STALE,
    onSuccess,
    silent: true,
  });
}

export function useRevokeKey(onSuccess: () => void) {
  return useApiMutation(
    (key_id: string) => call((client) => client.DELETE("/api/keys/{key_id}", { params: { path: { key_id } } })),
    {
      invalidates: STALE,
      successMessage: () => t("keys.revoked"),
      onSuccess,
    },
  );
}
