"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList } from "@/lib/api/queries";
import type { Member, PlatformPermissions, Provider, Role } from "@/lib/api/types";

const at = (user_id: string) => ({ path: { user_id } });
const STALE = [["members"], ["audit"]];

export type MemberFilter = { q?: string; role?: Role; status?: Member["status"] };

export function useMembers(filter: MemberFilter) {
  return useOrgList(["members", filter], (cursor) =>
    call((client) => client.GET("/api/admin/users", { params: { query: { ...filter, cursor, limit: 50 } } })),
  );
}

export type NewMember = { email: string; display_name: string; role: Role; password: string | null };

export function useAddMember(onSuccess: () => void) {
  return useApiMutation(
    ({ password, ...rest }: NewMember) =>
      call((client) =>
        client.POST("/api/admin/users", { body: { ...rest, platforms: {}, password, invite: password === null } }),
      ),
    {
      invalidates: STALE,
      successMessage: (member) =>
        member.status === "invited"
          ? `An invitation is on its way to ${member.email}`
          : `${member.email} can sign in now`,
      onSuccess,
      silent: true,
    },
  );
}

export type MemberChange = {
  id: string;
  role?: Role;
  status?: Member["status"];
  platforms?: Partial<Record<Provider, PlatformPermissions>>;
};

export function useChangeMember() {
  return useApiMutation(
    ({ id, ...body }: MemberChange) =>
      call((client) => client.PUT("/api/admin/users/{user_id}", { params: at(id), body: body as never })),
    { invalidates: STALE, successMessage: "Saved" },
  );
}

export function useResendInvitation() {
  return useApiMutation(
    (member: Member) =>
      call((client) => client.POST("/api/admin/users/{user_id}/invitation", { params: at(member.id) })),
    {
      invalidates: [["audit"]],
      successMessage: (_, member) => `The invitation is on its way to ${member.email} again`,
    },
  );
}

export function useRemoveMember(onSuccess: () => void) {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/admin/users/{user_id}", { params: at(id) })),
    {
      invalidates: STALE,
      successMessage: "Removed from the organisation",
      onSuccess,
    },
  );
}

export function useAudit() {
  return useOrgList(["audit"], (cursor) =>
    call((client) => client.GET("/api/audit", { params: { query: { cursor, limit: 30 } } })),
  );
}
