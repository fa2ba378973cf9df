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
        <AuthHeading title="This invitation is not valid">
          {error ? errorMessage(error) : "Open the link of the mail again."}
        </AuthHeading>
        <LeaveButton className="mt-6" />
      </AuthLayout>
    );
  }
  if (!token || !data) {
    return (
      <AuthLayout>
        <h1 className="sr-only">Invitation</h1>
        <div role="status" aria-label="Loading" className="grid gap-3">
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
      {hasSession() ? "Continue to ARTi" : "Go to sign in"}
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
    showToast(`Welcome to ${invitation.org_name}`);
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
      Decline
    </Button>
  );

  if (declined) {
    return (
      <AuthLayout>
        <AuthHeading title="You declined">
          {invitation.org_name} learns that you declined, and nothing else.
        </AuthHeading>
        <LeaveButton className="mt-6" />
      </AuthLayout>
    );
  }
  const isOther = user !== null && user.toLowerCase() !== invitation.email;
  return (
    <AuthLayout>
      <AuthHeading title={`Join ${invitation.org_name}`}>
        <InvitationSentence invitation={invitation} />
      </AuthHeading>
      <p className="mt-2 text-sm text-muted">
        For {invitation.email}, open until {day(invitation.expires_at)}. Its members see your name and your address once
        you accept, and nothing of you before.
      </p>
      {isOther ? (
        <>
          <Alert tone="warn" className="mt-6">
            You are signed in as {user}. Sign in with {invitation.email} to accept.
          </Alert>
          <Button
            size="md"
            variant="primary"
            className="mt-4"
            onClick={() => void signOut().finally(() => setUser(null))}
          >
            Sign out and continue
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
            Accept
          </Button>
          {declineButton}
        </div>
      ) : invitation.has_account ? (
        <div className="mt-6 flex flex-wrap gap-2">
          <Button size="md" variant="primary" onClick={() => router.push(`/sign-in/?next=${HERE}`)}>
            Sign in to accept
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
