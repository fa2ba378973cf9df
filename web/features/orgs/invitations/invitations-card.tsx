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
import { artistsOf } from "../members/members-table";
import { useInvitations, useResendInvitation, useWithdrawInvitation } from "./queries";
import { t } from "../messages";

/** The addresses that were invited and have not answered. Nothing without any. */
export function InvitationsCard() {
  const { items, error, refetch, ...paging } = useInvitations(true);
  const [withdrawn, setWithdrawn] = useState<Invitation | null>(null);
  const withdraw = useWithdrawInvitation(() => setWithdrawn(null));
  if (error && !items) {
    return (
      <Card aria-label={t("invitations.title")} className="mb-4">
        <ErrorState error={error} what={t("invitations.what")} retry={() => void refetch()} />
      </Card>
    );
  }
  if (!items || items.length === 0) return null;
  return (
    <Card aria-labelledby="invitations-title" className="mb-4">
      <CardHeader id="invitations-title" title={t("invitations.invited")} note={t("invitations.note")} />
      <ul className="divide-y divide-line border-t border-line">
        {items.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} onWithdraw={() => setWithdrawn(invitation)} />
        ))}
      </ul>
      <LoadMore {...paging} />
      <ConfirmDialog
        open={withdrawn !== null}
        onOpenChange={(open) => !open && setWithdrawn(null)}
        title={t("invitations.withdrawQuestion", { email: withdrawn?.email ?? "" })}
        act={t("invitations.withdraw")}
        busy={withdraw.isPending}
        onConfirm={() => withdrawn && withdraw.mutate(withdrawn.id)}
      >
        {t("invitations.hint")}
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
          {t("invitations.about", { role: t(`roles.${invitation.role}.name`), artists: artistsOf(invitation) })}
        </span>
        {invitation.is_on_hold && <span className="block text-xs text-warn">{t("invitations.onHoldHint")}</span>}
      </span>
      <span className="basis-44 text-xs text-muted">
        <Badge tone={expired || invitation.is_on_hold ? "warn" : "accent"}>
          {expired
            ? t("invitations.expired")
            : invitation.is_on_hold
              ? t("invitations.onHold")
              : t("invitations.invited")}
        </Badge>
        <span className="mt-1 block">
          {invitation.sent_at ? t("invitations.sent", { day: day(invitation.sent_at) }) : t("invitations.waits")}
        </span>
        <span className="block">
          {t(expired ? "invitations.expiredOn" : "invitations.openUntil", { day: day(invitation.expires_at) })}
        </span>
      </span>
      <span className="flex gap-2">
        <Button
          busy={resend.isPending}
          disabled={!canResend}
          title={canResend ? undefined : t("invitations.onceADay", { moment: moment(invitation.can_resend_at) })}
          aria-label={t("invitations.resendNamed", { email: invitation.email })}
          onClick={() => resend.mutate(invitation)}
        >
          {t("invitations.resend")}
        </Button>
        <Button aria-label={t("invitations.withdrawNamed", { email: invitation.email })} onClick={onWithdraw}>
          {t("invitations.withdraw")}
        </Button>
      </span>
    </li>
  );
}
