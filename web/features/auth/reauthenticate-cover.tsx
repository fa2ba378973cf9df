"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Dialog as Radix } from "radix-ui";
import { useEffect, useState } from "react";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { useSession } from "@/lib/session/context";
import { clearReauthentication } from "@/lib/session/reauthentication";
import { hasSession, needsMfa, storedUser } from "@/lib/session/token";
import { IdentityProviderButtons } from "./identity-provider-buttons";
import { PasswordForm } from "./password-form";
import { MfaForm } from "./mfa-form";
import { t } from "./messages";

/** The sign-in that covers a page whose session has ended. */
export function ReauthenticateCover({ mfa, confirms }: { mfa: boolean; confirms: boolean }) {
  const { me, signOut } = useSession();
  const queries = useQueryClient();
  const [needsCode, setNeedsCode] = useState(mfa);

  const resume = () => {
    if (storedUser()?.id !== me.user.id) window.location.assign("/");
    else if (needsMfa()) setNeedsCode(true);
    else {
      clearReauthentication();
      void queries.invalidateQueries();
    }
  };

  // A sign-in in another tab closes the dialog too.
  useEffect(() => {
    const onStorage = () => {
      if (!hasSession() || needsMfa()) return;
      if (storedUser()?.id !== me.user.id) window.location.assign("/");
      clearReauthentication();
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, [me.user.id]);

  return (
    <Radix.Root open>
      <Radix.Portal>
        <Radix.Content
          onEscapeKeyDown={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
          className="animate-fade fixed inset-0 z-[55] grid place-items-center overflow-y-auto bg-panel px-6 py-12"
        >
          <div className="w-full max-w-[360px]">
            <Logo className="mb-8 size-8" />
            <Radix.Title className="text-2xl font-semibold tracking-tight">
              {t(needsCode ? "mfa.title" : confirms ? "again.confirmTitle" : "again.title")}
            </Radix.Title>
            <Radix.Description className="mt-1 text-muted">
              {t(needsCode ? "mfa.enter" : confirms ? "again.confirmLead" : "again.lead")}
            </Radix.Description>
            <div className="mt-6 grid gap-4">
              {needsCode ? (
                <MfaForm onDone={resume} />
              ) : (
                <>
                  <PasswordForm email={me.user.email} onDone={resume} forgot={false} />
                  <IdentityProviderButtons next={window.location.pathname + window.location.search} />
                </>
              )}
            </div>
            <p className="mt-6 text-sm">
              {confirms ? (
                <Button variant="link" onClick={clearReauthentication}>
                  {t("again.leave")}
                </Button>
              ) : (
                <Button variant="link" onClick={() => void signOut().then(clearReauthentication)}>
                  {t("again.other")}
                </Button>
              )}
            </p>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
