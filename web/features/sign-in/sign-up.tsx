"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { sentence } from "@/lib/api/error";
import { signUp } from "./auth";
import { Confirmation } from "./confirmation";
import { keepEmail, typedEmail } from "./draft";
import { EmailField, NewPasswordField } from "./password-fields";
import { Note, Welcome, WelcomeHead } from "./welcome-frame";

type Props = { onIn: () => void; onConfirmed: () => void; onBack: () => void };

/** Make an account. Where addresses are confirmed first, it waits for the mail. */
export function SignUp({ onIn, onConfirmed, onBack }: Props) {
  const [waitsFor, setWaitsFor] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: ({ email, password, name }: Record<"email" | "password" | "name", string>) =>
      signUp(email, password, name),
    onSuccess: (signedIn, { email }) => (signedIn ? onIn() : setWaitsFor(email)),
  });
  if (waitsFor) return <Confirmation email={waitsFor} onDone={onConfirmed} onBack={() => setWaitsFor(null)} />;
  return (
    <Welcome>
      <WelcomeHead title="Create your account">Then name your organisation, and add the first artist.</WelcomeHead>
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
          {(wiring) => <Input {...wiring} name="name" autoComplete="name" autoFocus required maxLength={120} />}
        </Field>
        <EmailField defaultValue={typedEmail()} onType={keepEmail} />
        <NewPasswordField />
        {make.error && <Note tone="bad">{sentence(make.error)}</Note>}
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
    </Welcome>
  );
}
