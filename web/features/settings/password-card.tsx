"use client";

import { useRef, useState } from "react";
import { CodeField } from "@/components/code-field";
import { ResendButton } from "@/components/resend-button";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { useToast } from "@/lib/toast";
import { errorMessage } from "@/lib/api/error";
import { cn } from "@/lib/class-names";
import { AuthError } from "@/lib/session/auth-error";
import { sendReauthenticationCode, useChangePassword } from "./queries";

const CURRENT = ["current_password_required", "current_password_invalid", "current_password_mismatch"];
const NONCE = ["reauthentication_needed", "reauth_nonce_missing"];

/** A new password. What else the server wants for it, the current one or a mailed code, is asked for when it says so. */
export function PasswordCard() {
  const form = useRef<HTMLFormElement>(null);
  const [asks, setAsks] = useState({ current: false, nonce: false });
  const { showError } = useToast();
  const change = useChangePassword(() => {
    form.current?.reset();
    setAsks({ current: false, nonce: false });
  });
  const code = change.error instanceof AuthError ? change.error.code : "";
  const first = NONCE.includes(code) || code === "current_password_required";

  const submit = (values: FormData) => {
    const text = (name: string) => String(values.get(name) ?? "") || undefined;
    change.mutate(
      { password: text("password") ?? "", current_password: text("current"), nonce: text("nonce") },
      {
        onError: (problem) => {
          const why = problem instanceof AuthError ? problem.code : "";
          if (CURRENT.includes(why)) setAsks((now) => ({ ...now, current: true }));
          if (NONCE.includes(why)) {
            setAsks((now) => ({ ...now, nonce: true }));
            sendReauthenticationCode().catch(showError);
          }
        },
      },
    );
  };
  return (
    <Card aria-labelledby="password-title">
      <CardHeader
        id="password-title"
        title="Password"
        note="At least 8 characters; a short sentence is best. Changing it signs out your other devices"
      />
      <form
        ref={form}
        className="flex flex-wrap items-end justify-end gap-3 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        <Field
          label="New password"
          className={cn("min-w-60 flex-1", (asks.current || asks.nonce) && "basis-full")}
          error={change.error && !first ? errorMessage(change.error) : null}
        >
          {(fieldProps) => (
            <Input
              {...fieldProps}
              name="password"
              type="password"
              autoComplete="new-password"
              required
              minLength={8}
              maxLength={72}
            />
          )}
        </Field>
        {asks.current && (
          <Field
            label="Current password"
            className="basis-full"
            hint="So that nobody else changes it on a device that you left open."
          >
            {(fieldProps) => (
              <Input
                {...fieldProps}
                name="current"
                type="password"
                autoComplete="current-password"
                required
                autoFocus
              />
            )}
          </Field>
        )}
        {asks.nonce && (
          <div className="grid basis-full gap-2">
            <CodeField
              label="Code"
              name="nonce"
              autoFocus
              hint="You signed in a while ago. We sent you a code by mail."
            />
            <p>
              <ResendButton send={sendReauthenticationCode} />
            </p>
          </div>
        )}
        <Button type="submit" size="md" busy={change.isPending}>
          Change
        </Button>
      </form>
    </Card>
  );
}
