"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { hasSession, needsMfa, signOut } from "@/lib/session/token";
import { MfaForm } from "./mfa-form";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { AuthLayout, AuthHeading } from "./auth-layout";
import { t } from "./messages";

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
      <AuthHeading title={t("mfa.title")}>{t("mfa.lead")}</AuthHeading>
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
          {t("mfa.otherAccount")}
        </Button>
      </p>
      <p className="mt-4 text-xs text-muted">{t("mfa.lost")}</p>
    </AuthLayout>
  );
}
