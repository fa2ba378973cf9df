"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { call } from "@/lib/api/client";
import { errorMessage } from "@/lib/api/error";
import { useApiMutation } from "@/lib/api/queries";
import { useSession } from "@/lib/session/context";
import { useAccount } from "./queries";
import { DevicesCard } from "./devices-card";
import { EmailCard } from "./email-card";
import { PasswordCard } from "./password-card";
import { SessionsCard } from "./sessions-card";
import { IdentitiesCard } from "./identities-card";

/** What belongs to the person and not to the org: name, address, password, second step, sessions. */
export function AccountView() {
  const { data: account, error, refetch } = useAccount();
  return (
    <>
      <NameCard />
      {!account && (
        <Card aria-label="Signing in">
          {error ? (
            <ErrorState error={error} what="Your account" retry={() => void refetch()} />
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
        </>
      )}
    </>
  );
}

function NameCard() {
  const { me } = useSession();
  const queries = useQueryClient();
  const rename = useApiMutation(
    (display_name: string) => call((client) => client.PATCH("/auth/me", { body: { display_name } })),
    {
      invalidates: [["members"]],
      successMessage: "Saved",
      onSuccess: () => void queries.invalidateQueries({ queryKey: ["me"] }),
      silent: true,
    },
  );
  return (
    <Card aria-labelledby="name-title">
      <CardHeader id="name-title" title="Name" note="Your colleagues see it beside what you do" />
      <form
        className="flex flex-wrap items-end gap-3 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(String(new FormData(event.currentTarget).get("name")).trim());
        }}
      >
        <Field label="Your name" className="min-w-60 flex-1" error={rename.error ? errorMessage(rename.error) : null}>
          {(fieldProps) => (
            <Input
              {...fieldProps}
              name="name"
              autoComplete="name"
              defaultValue={me.user.display_name}
              key={me.user.display_name}
              required
              maxLength={120}
            />
          )}
        </Field>
        <Button type="submit" size="md" busy={rename.isPending}>
          Save
        </Button>
      </form>
    </Card>
  );
}
