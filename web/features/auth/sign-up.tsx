"use client";

import { useState } from "react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { email, newPassword, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { signUp } from "./auth";
import { AuthHeading, AuthLayout } from "./auth-layout";
import { ConfirmEmail } from "./confirm-email";
import { draftEmail, setDraftEmail } from "./email-draft";
import { EmailField, NewPasswordField } from "./password-fields";
import { t } from "./messages";

type Props = { onSignedIn: () => void; onConfirmed: () => void; onBack: () => void };

const schema = z.object({ name: requiredText(120, () => t("fields.yourNameMissing")), email, password: newPassword });

/** Create an account, then wait for the confirmation of its address where the server requires one. */
export function SignUp({ onSignedIn, onConfirmed, onBack }: Props) {
  const [unconfirmed, setUnconfirmed] = useState<string | null>(null);
  const form = useApiForm({
    schema,
    defaultValues: { name: "", email: draftEmail(), password: "" },
    onSubmit: async (values) => {
      if (await signUp(values.email, values.password, values.name)) onSignedIn();
      else setUnconfirmed(values.email);
    },
  });
  if (unconfirmed) {
    return <ConfirmEmail email={unconfirmed} onDone={onConfirmed} onBack={() => setUnconfirmed(null)} />;
  }
  return (
    <AuthLayout>
      <AuthHeading title={t("signUp.title")}>{t("signUp.lead")}</AuthHeading>
      <Form form={form} className="mt-6 grid gap-4">
        <FormField form={form} name="name" label={t("fields.yourName")}>
          {(fieldProps) => <Input {...fieldProps} autoComplete="name" autoFocus required maxLength={120} />}
        </FormField>
        <EmailField form={form} name="email" onType={setDraftEmail} />
        <NewPasswordField form={form} name="password" />
        <FormError form={form} />
        <SubmitButton form={form}>{t("signUp.submit")}</SubmitButton>
      </Form>
      <p className="mt-6 text-sm text-muted">
        {t("signUp.have")}{" "}
        <Button variant="link" onClick={onBack}>
          {t("signIn.title")}
        </Button>
      </p>
    </AuthLayout>
  );
}
