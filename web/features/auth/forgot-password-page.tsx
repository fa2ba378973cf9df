"use client";

import { Link } from "@/components/link";
import { buttonStyle } from "@/components/ui/button";
import { sendPasswordRecovery } from "./auth";
import { EmailLinkForm } from "./email-link-form";
import { useSignInRedirect } from "./use-sign-in-redirect";

/** Request an e-mail to choose a new password. */
export function ForgotPasswordPage() {
  const { redirect } = useSignInRedirect();
  return (
    <EmailLinkForm
      title="Forgot your password?"
      description="Enter your address. We send you a link to choose a new one."
      submitLabel="Send the link"
      purpose="to choose a new password"
      type="recovery"
      send={sendPasswordRecovery}
      onDone={() => redirect("/sign-in/new-password/")}
    >
      <Link href="/sign-in/" className={buttonStyle({ variant: "link" })}>
        Back to sign in
      </Link>
    </EmailLinkForm>
  );
}
