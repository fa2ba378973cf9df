"use client";

import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { call } from "@/lib/api/client";
import { useSession } from "@/lib/session/context";
import { useAccount } from "./queries";
import { DevicesCard } from "./devices-card";
import { EmailCard } from "./email-card";
import { OwnLanguage } from "./language-cards";
import { NameForm } from "./name-form";
import { OwnRegion } from "./regional-cards";
import { PasswordCard } from "./password-card";
import { SessionsCard } from "./sessions-card";
import { SignInsCard } from "./sign-ins-card";
import { IdentitiesCard } from "./identities-card";
import { YourDataCard } from "./your-data-card";
import { t } from "./messages";

/** The user's own settings: name, address, password, two-step verification, sessions. */
export function AccountView() {
  const { data: account, error, refetch } = useAccount();
  return (
    <>
      <NameCard />
      {!account && (
        <Card aria-label={t("account.signingIn")}>
          {error ? (
            <ErrorState error={error} what={t("view.account")} retry={() => void refetch()} />
          ) : (
            <SkeletonRows rows={6} />
          )}
        </Card>
      )}
      {account && (
        <>
          <EmailCard account={account} />
          <PasswordCard />
          <DevicesCard account={account} />
          <IdentitiesCard account={account} />
          <SessionsCard />
          <SignInsCard />
          <YourDataCard />
        </>
      )}
    </>
  );
}

function NameCard() {
  const { me } = useSession();
  return (
    <Card aria-labelledby="name-title">
      <CardHeader id="name-title" title={t("name.title")} note={t("name.note")} />
      <NameForm
        label={t("name.label")}
        name={me.user.display_name}
        autoComplete="name"
        save={(display_name) => call((client) => client.PATCH("/auth/me", { body: { display_name } }))}
        invalidates={[["members"]]}
      />
      <OwnLanguage />
      <OwnRegion />
    </Card>
  );
}
