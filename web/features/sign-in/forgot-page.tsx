"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button, buttonStyle } from "@/components/ui/button";
import { sentence } from "@/lib/api/error";
import { mailRecovery } from "./auth";
import { CheckMail } from "./check-mail";
import { keepEmail, typedEmail } from "./draft";
import { EmailField } from "./password-fields";
import { useWayIn } from "./use-way-in";
import { Note, Welcome, WelcomeHead } from "./welcome-frame";

/** The password is forgotten: a mail leads to a new one. */
export function ForgotPage() {
  const { enter } = useWayIn();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const send = useMutation({ mutationFn: mailRecovery, onSuccess: (_, email) => setSentTo(email) });
  if (sentTo) {
    return (
      <Welcome>
        <CheckMail
          email={sentTo}
          what="to choose a new password"
          maybe
          type="recovery"
          onDone={() => enter("/sign-in/new-password/")}
          send={() => mailRecovery(sentTo)}
          onBack={() => setSentTo(null)}
        />
      </Welcome>
    );
  }
  return (
    <Welcome>
      <WelcomeHead title="Forgot your password?">Tell us your address. A mail lets you choose a new one.</WelcomeHead>
      <form
        className="mt-6 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate(String(new FormData(event.currentTarget).get("email")).trim());
        }}
      >
        <EmailField defaultValue={typedEmail()} autoFocus onType={keepEmail} />
        {send.error && <Note tone="bad">{sentence(send.error)}</Note>}
        <Button type="submit" variant="primary" size="md" busy={send.isPending}>
          Send the mail
        </Button>
      </form>
      <p className="mt-6 text-sm">
        <Link href="/sign-in/" className={buttonStyle({ variant: "link" })}>
          Back to sign in
        </Link>
      </p>
    </Welcome>
  );
}
