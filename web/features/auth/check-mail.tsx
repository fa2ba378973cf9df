"use client";

import { useMutation } from "@tanstack/react-query";
import type { EmailOtpType } from "@supabase/supabase-js";
import { MailCheck } from "lucide-react";
import { CodeField } from "@/components/code-field";
import { ResendButton } from "@/components/resend-button";
import { Button } from "@/components/ui/button";
import { errorMessage } from "@/lib/api/error";
import { verifyEmailCode } from "./auth";
import { AuthHeading } from "./auth-layout";

type Props = {
  email: string;
  /** What the mail is for: "to sign in". */
  what: string;
  /** Said as a condition, because the page does not tell who has an account. */
  maybe?: boolean;
  type: EmailOtpType;
  onDone: () => void;
  send: () => Promise<void>;
  onBack: () => void;
};

/** A mail is on its way: follow its link, or type its code here. */
export function CheckMail({ email, what, maybe, type, onDone, send, onBack }: Props) {
  const enter = useMutation({ mutationFn: (code: string) => verifyEmailCode(email, code, type), onSuccess: onDone });
  return (
    <>
      <span className="mb-4 grid size-10 place-items-center rounded-full bg-accent-soft text-accent">
        <MailCheck className="size-5" aria-hidden />
      </span>
      <AuthHeading title="Check your mail" />
      <p className="mt-1 text-muted" role="status">
        {maybe ? "If there is an account for " : "We sent a link to "}
        <span className="font-medium break-all text-fg">{email}</span>
        {maybe ? `, a link ${what} is on its way.` : ` ${what}.`} Open it in this browser, or type the code of the mail
        here.
      </p>
      <form
        className="mt-6 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          enter.mutate(String(new FormData(event.currentTarget).get("code")));
        }}
      >
        <CodeField
          label="Code"
          autoFocus
          error={enter.error ? errorMessage(enter.error) : null}
          onFull={(form) => form.requestSubmit()}
        />
        <Button type="submit" variant="primary" size="md" busy={enter.isPending}>
          Go on
        </Button>
      </form>
      <p className="mt-6 flex flex-wrap gap-x-5 gap-y-2 text-sm">
        <ResendButton send={send} />
        <Button variant="link" onClick={onBack}>
          Use another address
        </Button>
      </p>
      <p className="mt-4 text-xs text-muted">Nothing there after a minute? Look in the spam folder.</p>
    </>
  );
}
