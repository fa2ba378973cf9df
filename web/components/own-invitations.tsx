"use client";

import { MailOpen } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { OwnInvitation } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { day } from "@/lib/format";
import { useAnswerInvitation, useOwnInvitations } from "@/lib/own-invitations";
import { t } from "@/components/messages";

/** The invitations that wait for an answer of whoever is signed in. Nothing without any. */
export function OwnInvitations({ className }: { className?: string }) {
  const { data: invitations } = useOwnInvitations();
  if (!Array.isArray(invitations) || invitations.length === 0) return null;
  return (
    <section aria-label={t("invitation.list")} className={cn("grid gap-2", className)}>
      {invitations.map((invitation) => (
        <OwnInvitationCard key={invitation.id} invitation={invitation} />
      ))}
    </section>
  );
}

function OwnInvitationCard({ invitation }: { invitation: OwnInvitation }) {
  const answer = useAnswerInvitation();
  const busy = (accept: boolean) => answer.isPending && answer.variables.accept === accept;
  return (
    <article
      aria-label={t("invitation.to", { org: invitation.org_name })}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-card bg-accent-soft px-4 py-3 text-sm"
    >
      <MailOpen className="size-4 shrink-0 text-accent" aria-hidden />
      <p className="min-w-0 flex-1 basis-56 break-words">
        <InvitationSentence invitation={invitation} />{" "}
        <span className="text-muted">{t("invitation.until", { day: day(invitation.expires_at) })}</span>
      </p>
      <span className="flex gap-2">
        <Button
          variant="primary"
          busy={busy(true)}
          disabled={answer.isPending}
          onClick={() => answer.mutate({ invitation, accept: true })}
        >
          {t("invitation.accept")}
        </Button>
        <Button
          busy={busy(false)}
          disabled={answer.isPending}
          onClick={() => answer.mutate({ invitation, accept: false })}
        >
          {t("invitation.decline")}
        </Button>
      </span>
    </article>
  );
}

/** Who invites to what, as which role. */
export function InvitationSentence({ invitation }: { invitation: OwnInvitation }) {
  return t.rich("invitation.sentence", {
    by: invitation.invited_by ?? t("invitation.former"),
    org: invitation.org_name,
    role: invitation.role,
    b: (chunks) => <strong>{chunks}</strong>,
  });
}
