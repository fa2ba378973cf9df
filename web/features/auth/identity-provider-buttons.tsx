"use client";

import { useMutation } from "@tanstack/react-query";
import {
  IDENTITY_PROVIDERS,
  identityProviderName,
  IdentityProviderIcon,
  type IdentityProvider,
} from "@/components/identity-provider";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { errorMessage } from "@/lib/api/error";
import { useAuthSettings } from "@/lib/session/auth-settings";
import { signInWithProvider } from "./auth";
import { t } from "./messages";

/** Buttons for the enabled identity providers. Placed below the form, which must not move when they load. */
export function IdentityProviderButtons({ next }: { next: string }) {
  const { data } = useAuthSettings();
  const providers = IDENTITY_PROVIDERS.filter((provider) => data?.external[provider]);
  const signIn = useMutation({ mutationFn: (provider: IdentityProvider) => signInWithProvider(provider, next) });
  if (providers.length === 0) return null;
  return (
    <div className="grid gap-2">
      <p
        aria-hidden
        className="my-1 flex items-center gap-3 text-xs text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line"
      >
        {t("providers.or")}
      </p>
      {providers.map((provider) => (
        <Button
          key={provider}
          size="md"
          busy={signIn.variables === provider && !signIn.isError && !signIn.isIdle}
          onClick={() => signIn.mutate(provider)}
        >
          <IdentityProviderIcon provider={provider} />
          {t("providers.with", { provider: identityProviderName(provider) })}
        </Button>
      ))}
      {signIn.error && <Alert tone="bad">{errorMessage(signIn.error)}</Alert>}
    </div>
  );
}
