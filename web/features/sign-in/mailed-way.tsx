"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { sentence } from "@/lib/api/error";
import { mailCode } from "./auth";
import { CheckMail } from "./check-mail";
import { keepEmail, typedEmail } from "./draft";
import { EmailField } from "./password-fields";
import { Note, Welcome, WelcomeHead } from "./welcome-frame";

type Props = { next: string; onDone: () => void; onBack: () => void };

/** Sign in without a password: by a link or a code that is mailed. */
export function MailedCode({ next, onDone, onBack }: Props) {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: (email: string) => mailCode(email, next),
    onSuccess: (_, email) => setSentTo(email),
  });
  if (sentTo) {
    return (
      <Welcome>
        <CheckMail email={sentTo} what="to sign in" maybe type="email" onDone={onDone} send={() => mailCode(sentTo, next)} onBack={() => setSentTo(null)} />
      </Welcome>
    );
  }
  return (
    <Welcome>
      <WelcomeHead title="Sign in by e-mail">We send you a link and a code. No password is needed.</WelcomeHead>
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
          Send the code
        </Button>
      </form>
      <p className="mt-6 text-sm">
        <Button variant="link" onClick={onBack}>
          Use a password
        </Button>
      </p>
    </Welcome>
  );
}
