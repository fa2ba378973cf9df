"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { newPassword, optionalText, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Input } from "@/components/ui/field";
import { call } from "@/lib/api/client";
import { storedUser } from "@/lib/session/token";
import { useToast } from "@/lib/toast";
import { updatePassword } from "./auth";
import { AuthHeading, AuthLayout } from "./auth-layout";
import { EmailField, NewPasswordField } from "./password-fields";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { t } from "./messages";

/** Choose a password: after a recovery, or with one's name after an invitation. */
export function NewPasswordPage({ invited = false }: { invited?: boolean }) {
  const router = useRouter();
  const [email, setEmail] = useState<string | null>(null);

  useEffect(() => {
    const user = storedUser();
    if (user) setEmail(user.email ?? "");
    else router.replace(invited ? "/sign-in/" : "/sign-in/forgot/");
  }, [router, invited]);

  if (email === null) return null;
  return (
    <AuthLayout>
      <AuthHeading title={t(invited ? "invited.title" : "newPassword.title")}>
        {t(invited ? "invited.lead" : "newPassword.lead")}
      </AuthHeading>
      <NewPasswordForm email={email} invited={invited} />
    </AuthLayout>
  );
}

function NewPasswordForm({ email, invited }: { email: string; invited: boolean }) {
  const { redirect } = useSignInRedirect();
  const { showToast } = useToast();
  const form = useApiForm({
    schema: z.object({
      email: z.string(),
      name: invited ? requiredText(120, () => t("fields.yourNameMissing")) : optionalText(120),
      password: newPassword,
    }),
    defaultValues: { email, name: storedUser()?.user_metadata?.display_name ?? "", password: "" },
    onSubmit: async ({ password, name }) => {
      await updatePassword(password);
      if (invited) await call((client) => client.PATCH("/auth/me", { body: { display_name: name } }));
      showToast(t(invited ? "invited.done" : "newPassword.done"));
      redirect("/");
    },
  });
  return (
    <Form form={form} className="mt-6 grid gap-4">
      <EmailField form={form} name="email" readOnly />
      {invited && (
        <FormField form={form} name="name" label={t("fields.yourName")} hint={t("fields.yourNameHint")}>
          {(fieldProps) => <Input {...fieldProps} autoComplete="name" autoFocus required maxLength={120} />}
        </FormField>
      )}
      <NewPasswordField
        form={form}
        name="password"
        label={t(invited ? "fields.password" : "fields.newPassword")}
        autoFocus={!invited}
      />
      <FormError form={form} />
      <SubmitButton form={form}>{t(invited ? "invited.join" : "newPassword.save")}</SubmitButton>
    </Form>
  );
}
