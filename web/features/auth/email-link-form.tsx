"use client";

import type { EmailOtpType } from "@supabase/supabase-js";
import { useState } from "react";
import { z } from "zod";
import { Form, FormError, SubmitButton } from "@/components/form/form";
import { email } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { AuthHeading, AuthLayout } from "./auth-layout";
import { CheckMail, type MailPurpose } from "./check-mail";
import { draftEmail, setDraftEmail } from "./email-draft";
import { EmailField } from "./password-fields";

type Props = {
  title: string;
  description: string;
  submitLabel: string;
  purpose: MailPurpose;
  type: EmailOtpType;
  send: (email: string) => Promise<void>;
  onDone: () => void;
  /** The link to another sign-in page. */
  children: React.ReactNode;
};

const schema = z.object({ email });

/** Request an e-mail with a link and a code, then continue with either. */
export function EmailLinkForm({ title, description, submitLabel, purpose, type, send, onDone, children }: Props) {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useApiForm({
    schema,
    defaultValues: { email: draftEmail() },
    onSubmit: async (values) => {
      await send(values.email);
      setSentTo(values.email);
    },
  });
  if (sentTo) {
    return (
      <AuthLayout>
        <CheckMail
          email={sentTo}
          purpose={purpose}
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
      <AuthHeading title={title}>{description}</AuthHeading>
      <Form form={form} className="mt-6 grid gap-4">
        <EmailField form={form} name="email" autoFocus onType={setDraftEmail} />
        <FormError form={form} />
        <SubmitButton form={form}>{submitLabel}</SubmitButton>
      </Form>
      <p className="mt-6 text-sm">{children}</p>
    </AuthLayout>
  );
}
