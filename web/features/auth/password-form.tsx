"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { buttonStyle, Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { errorMessage } from "@/lib/api/error";
import { cn } from "@/lib/class-names";
import { AuthError } from "@/lib/session/auth-error";
import { signIn } from "./auth";
import { setDraftEmail, draftEmail } from "./email-draft";
import { EmailField } from "./password-fields";
import { Alert } from "./auth-layout";

type Props = {
  /** Given: only this person may come in here. */
  email?: string;
  onDone: () => void;
  forgot?: boolean;
  /** The address still waits to be confirmed: offered as the way on. */
  onUnconfirmed?: (email: string) => void;
};

/** Sign in with a password. `onDone` runs when it was right; a second step may still be missing then. */
export function PasswordForm({ email, onDone, forgot = true, onUnconfirmed }: Props) {
  const enter = useMutation({
    mutationFn: (form: FormData) => signIn(String(form.get("email")), String(form.get("password"))),
    onSuccess: onDone,
  });
  const unconfirmed = enter.error instanceof AuthError && enter.error.code === "email_not_confirmed";
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate(new FormData(event.currentTarget));
      }}
    >
      <EmailField
        defaultValue={email ?? draftEmail()}
        readOnly={Boolean(email)}
        autoFocus={!email && !draftEmail()}
        onType={setDraftEmail}
      />
      <div className="relative">
        <Field label="Password">
          {(fieldProps) => (
            <Input
              {...fieldProps}
              name="password"
              type="password"
              autoComplete="current-password"
              autoFocus={Boolean(email)}
              required
            />
          )}
        </Field>
        {forgot && (
          <Link
            href="/sign-in/forgot/"
            className={cn(buttonStyle({ variant: "link" }), "absolute top-0 right-0 text-sm font-normal")}
          >
            Forgot it?
          </Link>
        )}
      </div>
      {enter.error && <Alert tone="bad">{errorMessage(enter.error)}</Alert>}
      {unconfirmed && onUnconfirmed && (
        <Button size="md" onClick={() => onUnconfirmed(draftEmail())}>
          Send the link again
        </Button>
      )}
      <Button type="submit" variant="primary" size="md" busy={enter.isPending}>
        Sign in
      </Button>
    </form>
  );
}
