"use client";

import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { newPassword, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Input } from "@/components/ui/field";
import { completeAuthCallback, updatePassword } from "./auth";
import { EmailField, NewPasswordField } from "./password-fields";
import { call } from "@/lib/api/client";
import type { LinkedInvitation } from "@/lib/api/types";
import { acceptInvitation } from "@/lib/own-invitations";
import { hasSession } from "@/lib/session/token";
import { t } from "./messages";

type Props = { invitation: LinkedInvitation; token: string; onJoined: () => void; children: React.ReactNode };

const schema = z.object({
  email: z.string(),
  name: requiredText(120, () => t("fields.yourNameMissing")),
  password: newPassword,
});

/** Create the account of an invited address, and accept: the mailed link has proven the address. */
export function JoinForm({ invitation, token, onJoined, children }: Props) {
  const form = useApiForm({
    schema,
    defaultValues: { email: invitation.email, name: invitation.display_name, password: "" },
    onSubmit: async ({ name, password }) => {
      if (!hasSession()) {
        // Not a second time, when the password was refused at the first.
        const made = await call((client) => client.POST("/api/invitations/sign-up", { body: { token } }));
        await completeAuthCallback({ kind: "hash", token_hash: made.token_hash, type: "invite" });
      }
      await updatePassword(password);
      await call((client) => client.PATCH("/auth/me", { body: { display_name: name } }));
      await acceptInvitation(invitation.id, token);
      onJoined();
    },
  });
  return (
    <Form form={form} className="mt-6 grid gap-4">
      <EmailField form={form} name="email" readOnly />
      <FormField form={form} name="name" label={t("fields.yourName")}>
        {(fieldProps) => <Input {...fieldProps} autoComplete="name" autoFocus required maxLength={120} />}
      </FormField>
      <NewPasswordField form={form} name="password" />
      <FormError form={form} />
      <SubmitButton form={form}>{t("invitation.create")}</SubmitButton>
      {children}
    </Form>
  );
}
