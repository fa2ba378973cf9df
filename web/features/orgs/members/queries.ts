"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList } from "@/lib/api/queries";
import type { Member, PlatformPermissions, Provider, Role } from "@/lib/api/types";
import { t } from "../messages";

const at = (user_id: string) => ({ path: { user_id } });
const STALE = [["members"], ["audit"]];

export type MemberFilter = { q?: string; role?: Role; status?: Member["status"] };

export function useMembers(filter: MemberFilter) {
  return useOrgList(["members", filter], (cursor) =>
    call((client) => client.GET("/api/admin/users", { params: { query: { ...filter, cursor, limit: 50 } } })),
  );
}

export type AccessBody = Pick<MemberChange, "artist_access" | "artist_ids" | "group_ids" | "money_access">;
export type MemberChange = {
  id: string;
  role?: Role;
  status?: Member["status"];
  platforms?: Partial<Record<Provider, PlatformPermissions>>;
  artist_access?: Member["artist_access"];
  artist_ids?: string[];
  group_ids?: string[];
  money_access?: boolean | null;
};

export function useChangeMember() {
  return useApiMutation(
    ({ id, ...body }: MemberChange) =>
      call((client) => client.PUT("/api/admin/users/{user_id}", { params: at(id), body: body as never })),
    { invalidates: STALE, successMessage: () => t("saved") },
  );
}

export function useRemoveMember(onSuccess: () => void) {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/admin/users/{user_id}", { params: at(id) })),
    {
      invalidates: STALE,
      successMessage: () => t("member.removed"),
      onSuccess,
    },
  );
}

export function useAudit() {
  return useOrgList(["audit"], (cursor) =>
    call((client) => client.GET("/api/audit", { params: { query: { cursor, limit: 30 } } })),
  );
}
