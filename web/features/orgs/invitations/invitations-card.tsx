"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/state";
import type { Invitation } from "@/lib/api/types";
import { now } from "@/lib/clock";
import { day, moment } from "@/lib/format";
import { ROLES } from "../members/labels";
import { artistsOf } from "../members/members-table";
import { useInvitations, useResendInvitation, useWithdrawInvitation } from "./queries";

/** The addresses that were invited and have not answered. Nothing without any. */
export function InvitationsCard() {
  const { items, error, refetch, ...paging } = useInvitations(true);
  const [withdrawn, setWithdrawn] = useState<Invitation | null>(null);
  const withdraw = useWithdrawInvitation(() => setWithdrawn(null));
  if (error && !items) {
    return (
      <Card aria-label="Invitations" className="mb-4">
        <ErrorState error={error} what="The invitations" retry={() => void refetch()} />
      </Card>
    );
  }
  if (!items || items.length === 0) return null;
  return (
    <Card aria-labelledby="invitations-title" className="mb-4">
      <CardHeader
        id="invitations-title"
        title="Invited"
        note="Addresses that have not answered. You see nothing of their owners before they accept."
      />
      <ul className="divide-y divide-line border-t border-line">
        {items.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} onWithdraw={() => setWithdrawn(invitation)} />
        ))}
      </ul>
      <LoadMore {...paging} />
      <ConfirmDialog
        open={withdrawn !== null}
        onOpenChange={(open) => !open && setWithdrawn(null)}
        title={`Withdraw the invitation of ${withdrawn?.email ?? ""}?`}
        act="Withdraw"
        busy={withdraw.isPending}
        onConfirm={() => withdrawn && withdraw.mutate(withdrawn.id)}
      >
        The link in its mail stops working at once. You can invite the address again; a further mail goes out after a
        day.
      </ConfirmDialog>
    </Card>
  );
}

function InvitationRow({ invitation, onWithdraw }: { invitation: Invitation; onWithdraw: () => void }) {
  const resend = useResendInvitation();
  const expired = Date.parse(invitation.expires_at) <= now();
  const canResend = Date.parse(invitation.can_resend_at) <= now();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <span className="min-w-0 flex-1 basis-64">
        <span className="block font-medium break-all">{invitation.email}</span>
        <span className="block text-xs text-muted">
          {ROLES[invitation.role].name}, artists: {artistsOf(invitation)}
        </span>
        {invitation.is_on_hold && (
          <span className="block text-xs text-warn">
            Who invited is no longer an admin. Send it again, or invite the address again, to stand for it yourself.
          </span>
        )}
      </span>
      <span className="basis-44 text-xs text-muted">
        <Badge tone={expired || invitation.is_on_hold ? "warn" : "accent"}>
          {expired ? "Expired" : invitation.is_on_hold ? "On hold" : "Invited"}
        </Badge>
        <span className="mt-1 block">
          {invitation.sent_at ? `Sent ${day(invitation.sent_at)}` : "The mail waits to be sent"}
        </span>
        <span className="block">
          {expired ? "Expired" : "Open until"} {day(invitation.expires_at)}
        </span>
      </span>
      <span className="flex gap-2">
        <Button
          busy={resend.isPending}
          disabled={!canResend}
          title={canResend ? undefined : `Once a day: again from ${moment(invitation.can_resend_at)}`}
          aria-label={`Send the invitation to ${invitation.email} again`}
          onClick={() => resend.mutate(invitation)}
        >
          Send again
        </Button>
        <Button aria-label={`Withdraw the invitation of ${invitation.email}`} onClick={onWithdraw}>
          Withdraw
        </Button>
      </span>
    </li>
  );
}
