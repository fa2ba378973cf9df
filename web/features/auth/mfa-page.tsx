"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { hasSession, needsMfa, signOut } from "@/lib/session/token";
import { MfaForm } from "./mfa-form";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { AuthLayout, AuthHeading } from "./auth-layout";

/** Between the password and the app, for who has set up a second step. */
export function MfaPage() {
  const router = useRouter();
  const { enter } = useSignInRedirect();
  const [ready, setReady] = useState(false);

  useEffect(() => {
    if (!hasSession()) router.replace("/sign-in/");
    else if (!needsMfa()) enter();
    else setReady(true);
  }, [router, enter]);

  if (!ready) return null;
  return (
    <AuthLayout>
      <AuthHeading title="One more step">
        Open your authenticator app, and type the code that it shows for ARTi.
      </AuthHeading>
      <div className="mt-6">
        <MfaForm onDone={enter} />
      </div>
      <p className="mt-6 text-sm">
        <Button
          variant="link"
          onClick={() =>
            void signOut()
              .catch(() => undefined)
              .finally(() => router.replace("/sign-in/"))
          }
        >
          Use another account
        </Button>
      </p>
      <p className="mt-4 text-xs text-muted">
        The device is lost? Who runs this server can remove it from your account.
      </p>
    </AuthLayout>
  );
}
