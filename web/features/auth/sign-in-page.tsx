"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { useToast } from "@/lib/toast";
import { parseAuthCallback } from "@/lib/session/auth-callback";
import { useAuthSettings } from "@/lib/session/auth-settings";
import { clearReauthentication } from "@/lib/session/reauthentication";
import { hasSession } from "@/lib/session/token";
import { sendSignInCode, resendConfirmation } from "./auth";
import { ConfirmEmail } from "./confirm-email";
import { draftEmail } from "./email-draft";
import { EmailLinkForm } from "./email-link-form";
import { IdentityProviderButtons } from "./identity-provider-buttons";
import { PasswordForm } from "./password-form";
import { SignUp } from "./sign-up";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { AuthLayout, AuthHeading } from "./auth-layout";
import { t } from "./messages";

type Mode = "in" | "code" | "up" | "confirm";

const NOTES = ["ended", "everywhere", "confirmed"] as const;

export function SignInPage() {
  const params = useSearchParams();
  const router = useRouter();
  const { next, redirect } = useSignInRedirect();
  const [mode, setMode] = useState<Mode>(params.get("new") ? "up" : "in");
  const { data: settings } = useAuthSettings();
  const { showError } = useToast();
  const note = NOTES.find((name) => params.get(name));

  useEffect(() => {
    const { search, hash } = window.location;
    if (parseAuthCallback(search, hash)) router.replace(`/sign-in/callback/${search}${hash}`);
    else if (hasSession() && !note) redirect();
    else clearReauthentication();
  }, [router, note, redirect]);

  const confirm = (email: string) => void resendConfirmation(email).then(() => setMode("confirm"), showError);

  if (mode === "code") {
    return (
      <EmailLinkForm
        title={t("byMail.title")}
        description={t("byMail.lead")}
        submitLabel={t("byMail.send")}
        purpose="signIn"
        type="email"
        send={(email) => sendSignInCode(email, next)}
        onDone={redirect}
      >
        <Button variant="link" onClick={() => setMode("in")}>
          {t("byMail.password")}
        </Button>
      </EmailLinkForm>
    );
  }
  if (mode === "up")
    return <SignUp onSignedIn={() => redirect("/welcome/")} onConfirmed={redirect} onBack={() => setMode("in")} />;
  if (mode === "confirm") return <ConfirmEmail email={draftEmail()} onDone={redirect} onBack={() => setMode("in")} />;
  return (
    <AuthLayout>
      <AuthHeading title={t("signIn.title")}>{t("signIn.lead")}</AuthHeading>
      {note && (
        <Alert tone={note === "confirmed" ? "good" : "warn"} className="mt-4">
          {t(`signIn.notes.${note}`)}
        </Alert>
      )}
      <div className="mt-6 grid gap-4">
        <PasswordForm onDone={redirect} onUnconfirmed={confirm} />
        <Button size="md" onClick={() => setMode("code")}>
          {t("signIn.byCode")}
        </Button>
        <IdentityProviderButtons next={next} />
      </div>
      {!settings?.disable_signup && (
        <p className="mt-6 text-sm text-muted">
          {t("signIn.newHere")}{" "}
          <Button variant="link" onClick={() => setMode("up")}>
            {t("signIn.create")}
          </Button>
        </p>
      )}
    </AuthLayout>
  );
}
