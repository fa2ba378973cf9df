"use client";

import type { User } from "@supabase/supabase-js";
import { MailCheck } from "lucide-react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { email } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { ResendButton } from "@/components/resend-button";
import { Card, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { resendEmailChange, useChangeEmail } from "./queries";
import { t } from "./messages";

const schema = z.object({ email });

/** The e-mail address. A new one takes effect once the links sent to it were opened. */
export function EmailCard({ account }: { account: User }) {
  const change = useChangeEmail(() => form.reset());
  const form = useApiForm({
    schema,
    defaultValues: { email: "" },
    defaultField: "email",
    onSubmit: (values) => change.mutateAsync(values.email),
  });
  return (
    <Card aria-labelledby="email-title">
      <CardHeader
        id="email-title"
        title={t("email.title")}
        note={<span className="break-all">{t("email.note", { email: account.email })}</span>}
      />
      {account.new_email && (
        <div role="status" className="mx-4 mb-4 flex gap-3 rounded-md bg-accent-soft px-3 py-2.5 text-sm">
          <MailCheck className="mt-px size-4 shrink-0 text-accent" aria-hidden />
          <div className="min-w-0">
            <p>
              {t.rich("email.waiting", {
                email: account.new_email,
                b: (chunks) => <strong className="font-semibold break-all">{chunks}</strong>,
              })}
            </p>
            <p className="mt-1.5">
              <ResendButton
                key={account.new_email}
                label={t("email.resend")}
                sentAt={account.email_change_sent_at}
                send={() => resendEmailChange(account.email ?? "")}
              />
            </p>
          </div>
        </div>
      )}
      <Form form={form} className="flex flex-wrap items-end gap-3 px-4 pb-4">
        <FormField form={form} name="email" label={t("email.new")} className="min-w-60 flex-1">
          {(fieldProps) => <Input {...fieldProps} type="email" autoComplete="email" required maxLength={254} />}
        </FormField>
        <SubmitButton form={form} variant="outline">
          {t("change")}
        </SubmitButton>
        <FormError form={form} className="basis-full" />
      </Form>
    </Card>
  );
}
