"use client";

import { Button } from "@/components/ui/button";
import { Badge } from "@/components/ui/badge";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { SignIn } from "@/lib/api/types";
import { ago, moment } from "@/lib/format";
import { browserName } from "./browser-name";
import { useSignIns } from "./queries";

const RESULTS: Record<SignIn["result"], { name: string; tone: "good" | "bad" | "neutral" }> = {
  signed_in: { name: "Signed in", tone: "good" },
  failed: { name: "Failed", tone: "bad" },
  factor_failed: { name: "Wrong second step", tone: "bad" },
  password_changed: { name: "Password changed", tone: "neutral" },
  session_ended: { name: "Session ended: its key was used twice", tone: "bad" },
};

const METHODS: Record<string, string> = {
  password: "by password",
  otp: "by mailed link or code",
  google: "with Google",
  github: "with GitHub",
  spotify: "with Spotify",
};

/** The account's recent sign-ins and failed attempts, so that a person sees when somebody else tried. */
export function SignInsCard() {
  const { data: signIns, error, refetch, isFetching } = useSignIns();
  return (
    <Card aria-labelledby="sign-ins-title">
      <CardHeader
        id="sign-ins-title"
        title="Recent sign-ins"
        note="Yours and failed attempts. If one was not you, change your password and sign out everywhere"
      >
        <Button variant="ghost" busy={isFetching} onClick={() => void refetch()}>
          Reload
        </Button>
      </CardHeader>
      {error && !signIns && <ErrorState error={error} what="Your sign-ins" retry={() => void refetch()} />}
      {!signIns && !error && <SkeletonRows rows={4} />}
      {signIns?.length === 0 && (
        <p className="border-t border-line px-4 py-3 text-sm text-muted">Nothing is recorded yet.</p>
      )}
      <ul className="divide-y divide-line border-t border-line">
        {signIns?.map((signIn) => (
          <li key={signIn.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-sm">
            <Badge tone={RESULTS[signIn.result].tone}>{RESULTS[signIn.result].name}</Badge>
            <span className="min-w-0 flex-1 basis-48">
              <span className="block">{details(signIn)}</span>
              <span className="block text-xs text-muted">{signIn.address || "Unknown address"}</span>
            </span>
            <time
              className="text-right text-xs text-muted"
              dateTime={signIn.happened_at}
              title={moment(signIn.happened_at)}
            >
              {ago(signIn.happened_at)}
            </time>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function details({ method, user_agent }: SignIn): string {
  return [browserName(user_agent), METHODS[method]].filter(Boolean).join(", ");
}
