"use client";

import Link from "next/link";
import { buttonStyle } from "@/components/ui/button";
import { mailRecovery } from "./auth";
import { MailedWay } from "./mailed-way";
import { useWayIn } from "./use-way-in";

/** The password is forgotten: a mail leads to a new one. */
export function ForgotPage() {
  const { enter } = useWayIn();
  return (
    <MailedWay
      title="Forgot your password?"
      lead="Tell us your address. A mail lets you choose a new one."
      act="Send the mail"
      what="to choose a new password"
      type="recovery"
      send={mailRecovery}
      onDone={() => enter("/sign-in/new-password/")}
    >
      <Link href="/sign-in/" className={buttonStyle({ variant: "link" })}>
        Back to sign in
      </Link>
    </MailedWay>
  );
}
