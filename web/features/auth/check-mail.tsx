"use client";

import type { EmailOtpType } from "@supabase/supabase-js";
import { MailCheck } from "lucide-react";
import { z } from "zod";
import { CodeField } from "@/components/code-field";
import { Form, FormError, SubmitButton } from "@/components/form/form";
import { oneTimeCode } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { ResendButton } from "@/components/resend-button";
import { Button } from "@/components/ui/button";
import { verifyEmailCode } from "./auth";
import { AuthHeading } from "./auth-layout";
import { t } from "./messages";

export type MailPurpose = "signIn" | "newPassword" | "confirm";

type Props = {
  email: string;
  /** What the e-mail is for. Only of one to confirm an address is said that there is an account. */
  purpose: MailPurpose;
  type: EmailOtpType;
  onDone: () => void;
  send: () => Promise<void>;
  onBack: () => void;
};

const schema = z.object({ code: oneTimeCode });

/** Shown after an e-mail was sent: open its link, or enter its code here. */
export function CheckMail({ email, purpose, type, onDone, send, onBack }: Props) {
  const form = useApiForm({
    schema,
    defaultValues: { code: "" },
    defaultField: "code",
    onSubmit: async ({ code }) => {
      await verifyEmailCode(email, code, type);
      onDone();
    },
  });
  return (
    <>
      <span className="mb-4 grid size-10 place-items-center rounded-full bg-accent-soft text-accent">
        <MailCheck className="size-5" aria-hidden />
      </span>
      <AuthHeading title={t("mail.title")} />
      <p className="mt-1 text-muted" role="status">
        {t.rich(`mail.${purpose}`, {
          email,
          b: (chunks) => <span className="font-medium break-all text-fg">{chunks}</span>,
        })}
      </p>
      <Form form={form} className="mt-6 grid gap-4">
        <CodeField form={form} name="code" label={t("mail.code")} autoFocus submitWhenFull />
        <FormError form={form} />
        <SubmitButton form={form}>{t("continue")}</SubmitButton>
      </Form>
      <p className="mt-6 flex flex-wrap gap-x-5 gap-y-2 text-sm">
        <ResendButton send={send} />
        <Button variant="link" onClick={onBack}>
          {t("mail.otherAddress")}
        </Button>
      </p>
      <p className="mt-4 text-xs text-muted">{t("mail.spam")}</p>
    </>
  );
}
