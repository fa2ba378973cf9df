"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import type { OwnInvitation } from "@/lib/api/types";
import { setActiveOrgId } from "@/lib/session/active-org";
import { useToast } from "@/lib/toast";
import { t } from "@/lib/messages";

const at = (invitation_id: string) => ({ path: { invitation_id } });

/** The invitations of whoever is signed in. */
export function useOwnInvitations(enabled = true) {
  return useQuery({
    queryKey: ["own-invitations"],
    queryFn: () => call((client) => client.GET("/api/invitations")),
    enabled,
    staleTime: 60_000,
  });
}

export async function acceptInvitation(id: string, token: string | null): Promise<void> {
  const body = { token };
  const joined = await call((client) =>
    client.POST("/api/invitations/{invitation_id}/accept", { params: at(id), body }),
  );
  setActiveOrgId(joined.org_id);
}

export async function declineInvitation(id: string, token: string | null): Promise<void> {
  const body = { token };
  await call((client) => client.POST("/api/invitations/{invitation_id}/decline", { params: at(id), body }));
}

/** Accept or decline one's own invitation. Accepting opens its organisation. */
export function useAnswerInvitation() {
  const queries = useQueryClient();
  const { showToast, showError } = useToast();
  return useMutation({
    mutationFn: ({ invitation, accept }: { invitation: OwnInvitation; accept: boolean }) =>
      (accept ? acceptInvitation : declineInvitation)(invitation.id, null),
    onSuccess: async (_, { invitation, accept }) => {
      // A full page load clears all state of the other org.
      if (accept) return window.location.assign("/");
      showToast(t("invitation.declined", { org: invitation.org_name }));
      await queries.invalidateQueries({ queryKey: ["own-invitations"] });
    },
    onError: showError,
  });
}
