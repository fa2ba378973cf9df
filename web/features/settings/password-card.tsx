"use client";

import { useState } from "react";
import { z } from "zod";
import { CodeField } from "@/components/code-field";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { newPassword } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { ResendButton } from "@/components/resend-button";
import { Card, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { cn } from "@/lib/class-names";
import { AuthError } from "@/lib/session/auth-error";
import { useToast } from "@/lib/toast";
import { sendReauthenticationCode, useChangePassword } from "./queries";
import { t } from "./messages";

const CURRENT_CODES = ["current_password_required", "current_password_invalid", "current_password_mismatch"];
const NONCE_CODES = ["reauthentication_needed", "reauth_nonce_missing"];

const schema = z.object({ password: newPassword, current_password: z.string(), nonce: z.string() });

/** Change the password. The fields for the current one and for a mailed code appear when the server requires them. */
export function PasswordCard() {
  const [required, setRequired] = useState({ current: false, nonce: false });
  const { showError } = useToast();
  const change = useChangePassword(() => {
    form.reset();
    setRequired({ current: false, nonce: false });
  });
  const form = useApiForm({
    schema,
    defaultValues: { password: "", current_password: "", nonce: "" },
    defaultField: "password",
    onSubmit: async ({ password, current_password, nonce }) => {
      try {
        await change.mutateAsync({
          password,
          current_password: current_password || undefined,
          nonce: nonce.replace(/\s/g, "") || undefined,
        });
      } catch (error) {
        if (!showRequiredField(error)) throw error;
      }
    },
  });

  /** Show the field that the server requires. Returns false when it was shown already: then its value was wrong. */
  const showRequiredField = (error: unknown): boolean => {
    const code = error instanceof AuthError ? error.code : "";
    const current = CURRENT_CODES.includes(code) && !required.current;
    const nonce = NONCE_CODES.includes(code);
    if (!current && !nonce) return false;
    setRequired((before) => ({ current: before.current || current, nonce: before.nonce || nonce }));
    if (nonce) sendReauthenticationCode().catch(showError);
    return true;
  };

  return (
    <Card aria-labelledby="password-title">
      <CardHeader id="password-title" title={t("password.title")} note={t("password.note")} />
      <Form form={form} className="flex flex-wrap items-end justify-end gap-3 px-4 pb-4">
        <FormField
          form={form}
          name="password"
          label={t("password.new")}
          className={cn("min-w-60 flex-1", (required.current || required.nonce) && "basis-full")}
        >
          {(fieldProps) => (
            <Input {...fieldProps} type="password" autoComplete="new-password" required maxLength={72} />
          )}
        </FormField>
        {required.current && (
          <FormField
            form={form}
            name="current_password"
            label={t("password.current")}
            className="basis-full"
            hint={t("password.currentHint")}
          >
            {(fieldProps) => (
              <Input {...fieldProps} type="password" autoComplete="current-password" required autoFocus />
            )}
          </FormField>
        )}
        {required.nonce && (
          <div className="grid basis-full gap-2">
            <CodeField form={form} name="nonce" label={t("password.code")} autoFocus hint={t("password.codeHint")} />
            <p>
              <ResendButton send={sendReauthenticationCode} />
            </p>
          </div>
        )}
        <FormError form={form} className="basis-full" />
        <SubmitButton form={form} variant="outline">
          {t("change")}
        </SubmitButton>
      </Form>
    </Card>
  );
}
