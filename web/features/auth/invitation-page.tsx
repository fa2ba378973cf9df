"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { InvitationSentence } from "@/components/own-invitations";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { AuthHeading, AuthLayout } from "./auth-layout";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { call } from "@/lib/api/client";
import { errorMessage } from "@/lib/api/error";
import type { LinkedInvitation } from "@/lib/api/types";
import { day } from "@/lib/format";
import { hasSession, needsMfa, signOut, storedUser } from "@/lib/session/token";
import { acceptInvitation, declineInvitation } from "@/lib/own-invitations";
import { useToast } from "@/lib/toast";
import { forgetInvitationToken, takeInvitationToken } from "./invitation-token";
import { JoinForm } from "./join-form";
import { t } from "./messages";

const HERE = encodeURIComponent("/invitation/");

/** The page of a mailed invitation: who invites to what, and accept or decline. */
export function InvitationPage() {
  const [token, setToken] = useState<string | null | undefined>();
  useEffect(() => setToken(takeInvitationToken()), []);
  const { data, error } = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => call((client) => client.POST("/api/invitations/lookup", { body: { token: token ?? "" } })),
    enabled: Boolean(token),
    retry: false,
    refetchOnWindowFocus: false,
  });

  if (token === null || error) {
    return (
      <AuthLayout>
        <AuthHeading title={t("invitation.invalid")}>
          {error ? errorMessage(error) : t("invitation.openAgain")}
        </AuthHeading>
        <LeaveButton className="mt-6" />
      </AuthLayout>
    );
  }
  if (!token || !data) {
    return (
      <AuthLayout>
        <h1 className="sr-only">{t("invitation.title")}</h1>
        <div role="status" aria-label={t("invitation.loading")} className="grid gap-3">
          <Skeleton className="h-7 w-48" />
          <Skeleton className="w-64" />
        </div>
      </AuthLayout>
    );
  }
  return <Answer invitation={data} token={token} />;
}

function LeaveButton({ className }: { className?: string }) {
  const router = useRouter();
  return (
    <Button size="md" className={className} onClick={() => router.push(hasSession() ? "/" : "/sign-in/")}>
      {hasSession() ? t("invitation.toArti") : t("goToSignIn")}
    </Button>
  );
}

function Answer({ invitation, token }: { invitation: LinkedInvitation; token: string }) {
  const router = useRouter();
  const { redirect } = useSignInRedirect();
  const { showToast, showError } = useToast();
  const [busy, setBusy] = useState<"accept" | "decline" | null>(null);
  const [declined, setDeclined] = useState(false);
  const [user, setUser] = useState(() => (hasSession() ? (storedUser()?.email ?? "") : null));

  useEffect(() => {
    if (user !== null && needsMfa()) router.replace(`/sign-in/mfa/?next=${HERE}`);
  }, [user, router]);

  const joined = () => {
    forgetInvitationToken();
    showToast(t("invitation.welcome", { org: invitation.org_name }));
    redirect("/");
  };
  const accept = async () => {
    setBusy("accept");
    await acceptInvitation(invitation.id, token).then(joined, showError);
    setBusy(null);
  };
  const decline = async () => {
    setBusy("decline");
    const done = () => {
      forgetInvitationToken();
      setDeclined(true);
    };
    await declineInvitation(invitation.id, token).then(done, showError);
    setBusy(null);
  };
  const declineButton = (
    <Button size="md" busy={busy === "decline"} disabled={busy !== null} onClick={() => void decline()}>
      {t("invitation.decline")}
    </Button>
  );

  if (declined) {
    return (
      <AuthLayout>
        <AuthHeading title={t("invitation.declined")}>
          {t("invitation.declinedHint", { org: invitation.org_name })}
        </AuthHeading>
        <LeaveButton className="mt-6" />
      </AuthLayout>
    );
  }
  const isOther = user !== null && user.toLowerCase() !== invitation.email;
  return (
    <AuthLayout>
      <AuthHeading title={t("invitation.join", { org: invitation.org_name })}>
        <InvitationSentence invitation={invitation} />
      </AuthHeading>
      <p className="mt-2 text-sm text-muted">
        {t("invitation.terms", { email: invitation.email, day: day(invitation.expires_at) })}
      </p>
      {isOther ? (
        <>
          <Alert tone="warn" className="mt-6">
            {t("invitation.otherUser", { user, email: invitation.email })}
          </Alert>
          <Button
            size="md"
            variant="primary"
            className="mt-4"
            onClick={() => void signOut().finally(() => setUser(null))}
          >
            {t("invitation.signOut")}
          </Button>
        </>
      ) : user !== null ? (
        <div className="mt-6 flex flex-wrap gap-2">
          <Button
            size="md"
            variant="primary"
            busy={busy === "accept"}
            disabled={busy !== null}
            onClick={() => void accept()}
          >
            {t("invitation.accept")}
          </Button>
          {declineButton}
        </div>
      ) : invitation.has_account ? (
        <div className="mt-6 flex flex-wrap gap-2">
          <Button size="md" variant="primary" onClick={() => router.push(`/sign-in/?next=${HERE}`)}>
            {t("invitation.signInToAccept")}
          </Button>
          {declineButton}
        </div>
      ) : (
        <JoinForm invitation={invitation} token={token} onJoined={joined}>
          {declineButton}
        </JoinForm>
      )}
    </AuthLayout>
  );
}
