"use client";

import { call } from "@/lib/api/client";
import { useAct, useOrgQuery } from "@/lib/api/queries";
import type { Key, MadeKey, NewKey } from "@/lib/api/types";

const STALE = [["keys"], ["members"], ["audit"]];

export function useKeys() {
  return useOrgQuery<Key[]>(["keys"], () => call((client) => client.GET("/api/keys")));
}

export function useMakeKey(then: (made: MadeKey) => void) {
  return useAct((body: NewKey) => call((client) => client.POST("/api/keys", { body })), {
    stales: STALE,
    then,
    quiet: true,
  });
}

export function useRevokeKey(then: () => void) {
  return useAct(
    (key_id: string) => call((client) => client.DELETE("/api/keys/{key_id}", { params: { path: { key_id } } })),
    {
      stales: STALE,
      done: "Revoked. It is refused from now on",
      then,
    },
  );
}
