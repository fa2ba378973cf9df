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
import { t } from "./messages";

const TONES: Record<SignIn["result"], "good" | "bad" | "neutral"> = {
  signed_in: "good",
  failed: "bad",
  factor_failed: "bad",
  password_changed: "neutral",
  session_ended: "bad",
};

const METHODS = ["password", "otp", "google", "github", "spotify"] as const;

/** The account's recent sign-ins and failed attempts, so that a person sees when somebody else tried. */
export function SignInsCard() {
  const { data: signIns, error, refetch, isFetching } = useSignIns();
  return (
    <Card aria-labelledby="sign-ins-title">
      <CardHeader id="sign-ins-title" title={t("signIns.title")} note={t("signIns.note")}>
        <Button variant="ghost" busy={isFetching} onClick={() => void refetch()}>
          {t("reload")}
        </Button>
      </CardHeader>
      {error && !signIns && <ErrorState error={error} what={t("signIns.what")} retry={() => void refetch()} />}
      {!signIns && !error && <SkeletonRows rows={4} />}
      {signIns?.length === 0 && (
        <p className="border-t border-line px-4 py-3 text-sm text-muted">{t("signIns.empty")}</p>
      )}
      <ul className="divide-y divide-line border-t border-line">
        {signIns?.map((signIn) => (
          <li key={signIn.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-sm">
            <Badge tone={TONES[signIn.result]}>{t(`signIns.results.${signIn.result}`)}</Badge>
            <span className="min-w-0 flex-1 basis-48">
              <span className="block">{details(signIn)}</span>
              <span className="block text-xs text-muted">{signIn.address || t("signIns.unknownAddress")}</span>
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
  const known = METHODS.find((each) => each === method);
  return [browserName(user_agent), known && t(`signIns.methods.${known}`)].filter(Boolean).join(", ");
}
