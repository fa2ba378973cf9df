"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Failed } from "@/components/ui/state";
import { call } from "@/lib/api/client";
import { sentence } from "@/lib/api/error";
import { useAct } from "@/lib/api/queries";
import { useSession } from "@/lib/session/context";
import { useAccount } from "./account";
import { DevicesCard } from "./devices-card";
import { EmailCard } from "./email-card";
import { PasswordCard } from "./password-card";
import { SessionsCard } from "./sessions-card";
import { WaysCard } from "./ways-card";

/** What belongs to the person and not to the org: name, address, password, second step, sessions. */
export function AccountView() {
  const { data: account, error, refetch } = useAccount();
  return (
    <>
      <NameCard />
      {!account && (
        <Card aria-label="Signing in">
          {error ? (
            <Failed error={error} what="Your account" retry={() => void refetch()} />
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
          <WaysCard account={account} />
          <SessionsCard />
        </>
      )}
    </>
  );
}

function NameCard() {
  const { me } = useSession();
  const queries = useQueryClient();
  const rename = useAct(
    (display_name: string) => call((client) => client.PATCH("/auth/me", { body: { display_name } })),
    {
      stales: [["members"]],
      done: "Saved",
      then: () => void queries.invalidateQueries({ queryKey: ["me"] }),
      quiet: true,
    },
  );
  return (
    <Card aria-labelledby="name-title">
      <CardHead id="name-title" title="Name" note="Your colleagues see it beside what you do" />
      <form
        className="flex flex-wrap items-end gap-3 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(String(new FormData(event.currentTarget).get("name")).trim());
        }}
      >
        <Field label="Your name" className="min-w-60 flex-1" error={rename.error ? sentence(rename.error) : null}>
          {(wiring) => (
            <Input
              {...wiring}
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
