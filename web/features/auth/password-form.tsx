"use client";

import { Link } from "@/components/link";
import { useState } from "react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { email as emailSchema, password } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button, buttonStyle } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { cn } from "@/lib/class-names";
import { AuthError } from "@/lib/session/auth-error";
import { signIn } from "./auth";
import { draftEmail, setDraftEmail } from "./email-draft";
import { EmailField } from "./password-fields";
import { t } from "./messages";

type Props = {
  /** Given: only this person may sign in here. */
  email?: string;
  onDone: () => void;
  forgot?: boolean;
  /** The address is not confirmed yet: offers to send the link again. */
  onUnconfirmed?: (email: string) => void;
};

const schema = z.object({ email: emailSchema, password });

/** Sign in with a password. `onDone` runs on success; the second factor may still be required. */
export function PasswordForm({ email, onDone, forgot = true, onUnconfirmed }: Props) {
  const [unconfirmed, setUnconfirmed] = useState(false);
  const form = useApiForm({
    schema,
    defaultValues: { email: email ?? draftEmail(), password: "" },
    onSubmit: async (values) => {
      setUnconfirmed(false);
      try {
        await signIn(values.email, values.password);
      } catch (error) {
        setUnconfirmed(error instanceof AuthError && error.code === "email_not_confirmed");
        throw error;
      }
      onDone();
    },
  });
  return (
    <Form form={form}>
      <EmailField
        form={form}
        name="email"
        readOnly={Boolean(email)}
        autoFocus={!email && !draftEmail()}
        onType={setDraftEmail}
      />
      <div className="relative">
        <FormField form={form} name="password" label={t("fields.password")}>
          {(fieldProps) => (
            <Input
              {...fieldProps}
              type="password"
              autoComplete="current-password"
              autoFocus={Boolean(email)}
              required
            />
          )}
        </FormField>
        {forgot && (
          <Link
            href="/sign-in/forgot/"
            className={cn(buttonStyle({ variant: "link" }), "absolute top-0 right-0 text-sm font-normal")}
          >
            {t("forgot.title")}
          </Link>
        )}
      </div>
      <FormError form={form} />
      {unconfirmed && onUnconfirmed && (
        <Button size="md" onClick={() => onUnconfirmed(form.getValues("email"))}>
          {t("fields.linkAgain")}
        </Button>
      )}
      <SubmitButton form={form}>{t("signIn.title")}</SubmitButton>
    </Form>
  );
}
