"use client";

import type { User } from "@supabase/supabase-js";
import { MailCheck } from "lucide-react";
import { useRef } from "react";
import { ResendButton } from "@/components/resend-button";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { errorMessage } from "@/lib/api/error";
import { resendEmailChange, useChangeEmail } from "./queries";

/** The address to sign in with. A new one counts when its links were opened. */
export function EmailCard({ account }: { account: User }) {
  const form = useRef<HTMLFormElement>(null);
  const change = useChangeEmail(() => form.current?.reset());
  return (
    <Card aria-labelledby="email-title">
      <CardHeader
        id="email-title"
        title="E-mail"
        note={<span className="break-all">You sign in with {account.email}</span>}
      />
      {account.new_email && (
        <div role="status" className="mx-4 mb-4 flex gap-3 rounded-md bg-accent-soft px-3 py-2.5 text-sm">
          <MailCheck className="mt-px size-4 shrink-0 text-accent" aria-hidden />
          <div className="min-w-0">
            <p>
              Waiting for <strong className="font-semibold break-all">{account.new_email}</strong>. Open the links that
              we sent to your old and to your new address. Until then the old one stays.
            </p>
            <p className="mt-1.5">
              <ResendButton
                key={account.new_email}
                label="Send them again"
                sentAt={account.email_change_sent_at}
                send={() => resendEmailChange(account.email ?? "")}
              />
            </p>
          </div>
        </div>
      )}
      <form
        ref={form}
        className="flex flex-wrap items-end gap-3 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(String(new FormData(event.currentTarget).get("email")).trim());
        }}
      >
        <Field label="New e-mail" className="min-w-60 flex-1" error={change.error ? errorMessage(change.error) : null}>
          {(fieldProps) => (
            <Input {...fieldProps} name="email" type="email" autoComplete="email" required maxLength={254} />
          )}
        </Field>
        <Button type="submit" size="md" busy={change.isPending}>
          Change
        </Button>
      </form>
    </Card>
  );
}
