"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList } from "@/lib/api/queries";
import type { Invitation, Role } from "@/lib/api/types";
import type { AccessBody } from "../members/queries";
import { t } from "../messages";

const at = (invitation_id: string) => ({ path: { invitation_id } });
const STALE = [["invitations"], ["audit"]];

/** The addresses that the active org has invited. */
export function useInvitations(enabled: boolean) {
  return useOrgList(
    ["invitations"],
    (cursor) => call((client) => client.GET("/api/admin/invitations", { params: { query: { cursor, limit: 50 } } })),
    { enabled },
  );
}

export type NewInvitation = AccessBody & { email: string; display_name: string; role: Role };

export function useInvite(onSuccess: () => void) {
  return useApiMutation(
    (body: NewInvitation) =>
      call((client) => client.POST("/api/admin/users", { body: { ...body, invite: true, platforms: {} } })),
    {
      invalidates: STALE,
      successMessage: (invitation) => t("invitations.isInvited", { email: invitation.email }),
      onSuccess,
      silent: true,
    },
  );
}

export function useResendInvitation() {
  return useApiMutation(
    (invitation: Invitation) =>
      call((client) => client.POST("/api/admin/invitations/{invitation_id}/resend", { params: at(invitation.id) })),
    { invalidates: STALE, successMessage: (_, { email }) => t("invitations.resent", { email }) },
  );
}

export function useWithdrawInvitation(onSuccess: () => void) {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/admin/invitations/{invitation_id}", { params: at(id) })),
    { invalidates: STALE, successMessage: () => t("invitations.withdrawn"), onSuccess },
  );
}
