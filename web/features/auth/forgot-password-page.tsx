"use client";

import Link from "next/link";
import { buttonStyle } from "@/components/ui/button";
import { sendPasswordRecovery } from "./auth";
import { EmailLinkForm } from "./email-link-form";
import { useSignInRedirect } from "./use-sign-in-redirect";

/** The password is forgotten: a mail leads to a new one. */
export function ForgotPasswordPage() {
  const { enter } = useSignInRedirect();
  return (
    <EmailLinkForm
      title="Forgot your password?"
      lead="Tell us your address. A mail lets you choose a new one."
      act="Send the mail"
      what="to choose a new password"
      type="recovery"
      send={sendPasswordRecovery}
      onDone={() => enter("/sign-in/new-password/")}
    >
      <Link href="/sign-in/" className={buttonStyle({ variant: "link" })}>
        Back to sign in
      </Link>
    </EmailLinkForm>
  );
}
