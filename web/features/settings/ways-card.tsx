"use client";

import type { User, UserIdentity } from "@supabase/supabase-js";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { SIGN_IN_WAYS, wayName, WayMark } from "@/components/sign-in-ways";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { sentence } from "@/lib/api/error";
import { day } from "@/lib/format";
import { AuthRefused } from "@/lib/session/auth-error";
import { useAuthSettings } from "@/lib/session/auth-settings";
import { useLinkWay, useUnlinkWay } from "./account";

/** The ways in: e-mail and password, and the accounts elsewhere that open this one. */
export function WaysCard({ account }: { account: User }) {
  const { data: settings } = useAuthSettings();
  const [removing, setRemoving] = useState<UserIdentity | null>(null);
  const link = useLinkWay();
  const unlink = useUnlinkWay(() => setRemoving(null));
  const identities = account.identities ?? [];
  const off = link.error instanceof AuthRefused && link.error.code === "manual_linking_disabled";
  const more = off
    ? []
    : SIGN_IN_WAYS.filter((way) => settings?.external[way] && !identities.some((each) => each.provider === way));
  return (
    <Card aria-labelledby="ways-title">
      <CardHead id="ways-title" title="Ways to sign in" note="Each of them opens your account" />
      <ul className="divide-y divide-line border-t border-line">
        {identities.map((identity) => (
          <li key={identity.identity_id} className="flex min-h-12 items-center gap-3 px-4 py-2 text-sm">
            <WayMark way={identity.provider} className={identity.provider === "email" ? "text-muted" : ""} />
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{wayName(identity.provider)}</span>
              <span className="block truncate text-xs text-muted">
                {String(identity.identity_data?.email ?? identity.id)}
                {identity.created_at && ` · since ${day(identity.created_at)}`}
              </span>
            </span>
            {identities.length > 1 && (
              <Button
                variant="ghost"
                aria-label={`Remove ${wayName(identity.provider)}`}
                onClick={() => setRemoving(identity)}
              >
                Remove
              </Button>
            )}
          </li>
        ))}
      </ul>
      {more.length > 0 && (
        <div className="flex flex-wrap gap-2 border-t border-line px-4 py-3">
          {more.map((way) => (
            <Button key={way} busy={link.isPending && link.variables === way} onClick={() => link.mutate(way)}>
              <WayMark way={way} />
              Add {wayName(way)}
            </Button>
          ))}
        </div>
      )}
      {link.error && (
        <p role="alert" className="border-t border-line px-4 py-3 text-sm text-down">
          {sentence(link.error)}
        </p>
      )}
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={`Remove ${wayName(removing?.provider ?? "")}?`}
        act="Remove"
        busy={unlink.isPending}
        onConfirm={() => removing && unlink.mutate(removing)}
      >
        It no longer opens your account here. The account there stays as it is.
      </Confirm>
    </Card>
  );
}
