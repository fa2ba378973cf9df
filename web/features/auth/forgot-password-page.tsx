"use client";

import { Link } from "@/components/link";
import { buttonStyle } from "@/components/ui/button";
import { sendPasswordRecovery } from "./auth";
import { EmailLinkForm } from "./email-link-form";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { t } from "./messages";

/** Request an e-mail to choose a new password. */
export function ForgotPasswordPage() {
  const { redirect } = useSignInRedirect();
  return (
    <EmailLinkForm
      title={t("forgot.title")}
      description={t("forgot.lead")}
      submitLabel={t("forgot.send")}
      purpose="newPassword"
      type="recovery"
      send={sendPasswordRecovery}
      onDone={() => redirect("/sign-in/new-password/")}
    >
      <Link href="/sign-in/" className={buttonStyle({ variant: "link" })}>
        {t("back")}
      </Link>
    </EmailLinkForm>
  );
}
