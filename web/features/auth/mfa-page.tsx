"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { hasSession, needsMfa, signOut } from "@/lib/session/token";
import { MfaForm } from "./mfa-form";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { AuthLayout, AuthHeading } from "./auth-layout";

/** After the password, for a person with a second factor. */
export function MfaPage() {
  const router = useRouter();
  const { redirect } = useSignInRedirect();
  const [ready, setReady] = useState(false);

  useEffect(() => {
    if (!hasSession()) router.replace("/sign-in/");
    else if (!needsMfa()) redirect();
    else setReady(true);
  }, [router, redirect]);

  if (!ready) return null;
  return (
    <AuthLayout>
      <AuthHeading title="One more step">
        Open your authenticator app and enter the code that it shows for ARTi.
      </AuthHeading>
      <div className="mt-6">
        <MfaForm onDone={redirect} />
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
        Lost your device? The administrator of this server can remove it from your account.
      </p>
    </AuthLayout>
  );
}
