"use client";

import type { User, UserIdentity } from "@supabase/supabase-js";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { IDENTITY_PROVIDERS, identityProviderName, IdentityProviderIcon } from "@/components/identity-provider";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { errorMessage } from "@/lib/api/error";
import { day } from "@/lib/format";
import { AuthError } from "@/lib/session/auth-error";
import { useAuthSettings } from "@/lib/session/auth-settings";
import { useLinkIdentity, useUnlinkIdentity } from "./queries";
import { t } from "./messages";

/** The sign-in methods of the account: e-mail and password, and linked identities. */
export function IdentitiesCard({ account }: { account: User }) {
  const { data: settings } = useAuthSettings();
  const [removing, setRemoving] = useState<UserIdentity | null>(null);
  const link = useLinkIdentity();
  const unlink = useUnlinkIdentity(() => setRemoving(null));
  const identities = account.identities ?? [];
  const linkingDisabled = link.error instanceof AuthError && link.error.code === "manual_linking_disabled";
  const available = linkingDisabled
    ? []
    : IDENTITY_PROVIDERS.filter(
        (provider) => settings?.external[provider] && !identities.some((each) => each.provider === provider),
      );
  return (
    <Card aria-labelledby="identities-title">
      <CardHeader id="identities-title" title={t("identities.title")} note={t("identities.note")} />
      <ul className="divide-y divide-line border-t border-line">
        {identities.map((identity) => (
          <li key={identity.identity_id} className="flex min-h-12 items-center gap-3 px-4 py-2 text-sm">
            <IdentityProviderIcon
              provider={identity.provider}
              className={identity.provider === "email" ? "text-muted" : ""}
            />
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{identityProviderName(identity.provider)}</span>
              <span className="block truncate text-xs text-muted">
                {since(String(identity.identity_data?.email ?? identity.id), identity.created_at)}
              </span>
            </span>
            {identities.length > 1 && (
              <Button
                variant="ghost"
                aria-label={t("removeNamed", { name: identityProviderName(identity.provider) })}
                onClick={() => setRemoving(identity)}
              >
                {t("remove")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {available.length > 0 && (
        <div className="flex flex-wrap gap-2 border-t border-line px-4 py-3">
          {available.map((provider) => (
            <Button
              key={provider}
              busy={link.isPending && link.variables === provider}
              onClick={() => link.mutate(provider)}
            >
              <IdentityProviderIcon provider={provider} />
              {t("identities.add", { name: identityProviderName(provider) })}
            </Button>
          ))}
        </div>
      )}
      {link.error && (
        <p role="alert" className="border-t border-line px-4 py-3 text-sm text-down">
          {errorMessage(link.error)}
        </p>
      )}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t("removeQuestion", { name: identityProviderName(removing?.provider ?? "") })}
        act={t("remove")}
        busy={unlink.isPending}
        onConfirm={() => removing && unlink.mutate(removing)}
      >
        {t("identities.hint")}
      </ConfirmDialog>
    </Card>
  );
}

function since(address: string, created?: string): string {
  return created ? t("identities.since", { address, day: day(created) }) : address;
}
