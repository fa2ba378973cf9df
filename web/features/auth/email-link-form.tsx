"use client";

import { useMutation } from "@tanstack/react-query";
import type { EmailOtpType } from "@supabase/supabase-js";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { errorMessage } from "@/lib/api/error";
import { CheckMail } from "./check-mail";
import { setDraftEmail, draftEmail } from "./email-draft";
import { EmailField } from "./password-fields";
import { Alert, AuthLayout, AuthHeading } from "./auth-layout";

type Props = {
  title: string;
  lead: string;
  act: string;
  /** What the mail is for: "to sign in". */
  what: string;
  type: EmailOtpType;
  send: (email: string) => Promise<void>;
  onDone: () => void;
  /** The way back. */
  children: React.ReactNode;
};

/** Tell an address, and go on by the link or the code that is mailed to it. */
export function EmailLinkForm({ title, lead, act, what, type, send, onDone, children }: Props) {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const mail = useMutation({ mutationFn: send, onSuccess: (_, email) => setSentTo(email) });
  if (sentTo) {
    return (
      <AuthLayout>
        <CheckMail
          email={sentTo}
          what={what}
          maybe
          type={type}
          onDone={onDone}
          send={() => send(sentTo)}
          onBack={() => setSentTo(null)}
        />
      </AuthLayout>
    );
  }
  return (
    <AuthLayout>
      <AuthHeading title={title}>{lead}</AuthHeading>
      <form
        className="mt-6 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          mail.mutate(String(new FormData(event.currentTarget).get("email")).trim());
        }}
      >
        <EmailField defaultValue={draftEmail()} autoFocus onType={setDraftEmail} />
        {mail.error && <Alert tone="bad">{errorMessage(mail.error)}</Alert>}
        <Button type="submit" variant="primary" size="md" busy={mail.isPending}>
          {act}
        </Button>
      </form>
      <p className="mt-6 text-sm">{children}</p>
    </AuthLayout>
  );
}
