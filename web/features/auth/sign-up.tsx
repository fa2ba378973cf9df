"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { errorMessage } from "@/lib/api/error";
import { signUp } from "./auth";
import { ConfirmEmail } from "./confirm-email";
import { setDraftEmail, draftEmail } from "./email-draft";
import { EmailField, NewPasswordField } from "./password-fields";
import { Alert, AuthLayout, AuthHeading } from "./auth-layout";

type Props = { onIn: () => void; onConfirmed: () => void; onBack: () => void };

/** Make an account. Where addresses are confirmed first, it waits for the mail. */
export function SignUp({ onIn, onConfirmed, onBack }: Props) {
  const [waitsFor, setWaitsFor] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: ({ email, password, name }: Record<"email" | "password" | "name", string>) =>
      signUp(email, password, name),
    onSuccess: (signedIn, { email }) => (signedIn ? onIn() : setWaitsFor(email)),
  });
  if (waitsFor) return <ConfirmEmail email={waitsFor} onDone={onConfirmed} onBack={() => setWaitsFor(null)} />;
  return (
    <AuthLayout>
      <AuthHeading title="Create your account">Then name your organisation, and add the first artist.</AuthHeading>
      <form
        className="mt-6 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const text = (name: string) => String(form.get(name) ?? "");
          make.mutate({ email: text("email").trim(), password: text("password"), name: text("name").trim() });
        }}
      >
        <Field label="Your name">
          {(fieldProps) => <Input {...fieldProps} name="name" autoComplete="name" autoFocus required maxLength={120} />}
        </Field>
        <EmailField defaultValue={draftEmail()} onType={setDraftEmail} />
        <NewPasswordField />
        {make.error && <Alert tone="bad">{errorMessage(make.error)}</Alert>}
        <Button type="submit" variant="primary" size="md" busy={make.isPending}>
          Create account
        </Button>
      </form>
      <p className="mt-6 text-sm text-muted">
        You have an account?{" "}
        <Button variant="link" onClick={onBack}>
          Sign in
        </Button>
      </p>
    </AuthLayout>
  );
}
