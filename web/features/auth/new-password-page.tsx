"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useToast } from "@/lib/toast";
import { call } from "@/lib/api/client";
import { errorMessage } from "@/lib/api/error";
import { storedUser } from "@/lib/session/token";
import { updatePassword } from "./auth";
import { EmailField, NewPasswordField } from "./password-fields";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { Alert, AuthLayout, AuthHeading } from "./auth-layout";

/** Choose a password: after a recovery, or with one's name after an invitation. */
export function NewPasswordPage({ invited = false }: { invited?: boolean }) {
  const router = useRouter();
  const { enter } = useSignInRedirect();
  const { showToast } = useToast();
  const [email, setEmail] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: async ({ password, name }: { password: string; name?: string }) => {
      await updatePassword(password);
      if (name) await call((client) => client.PATCH("/auth/me", { body: { display_name: name } }));
    },
    onSuccess: () => {
      showToast(invited ? "Welcome to ARTi" : "Your new password is set");
      enter("/");
    },
  });

  useEffect(() => {
    const user = storedUser();
    if (user) setEmail(user.email ?? "");
    else router.replace(invited ? "/sign-in/" : "/sign-in/forgot/");
  }, [router, invited]);

  if (email === null) return null;
  return (
    <AuthLayout>
      <AuthHeading title={invited ? "Welcome" : "Choose a new password"}>
        {invited
          ? "You are invited. Say who you are, and choose a password."
          : "Your other devices are signed out when you save it."}
      </AuthHeading>
      <form
        className="mt-6 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          save.mutate({
            password: String(form.get("password")),
            name: String(form.get("name") ?? "").trim() || undefined,
          });
        }}
      >
        <EmailField defaultValue={email} readOnly />
        {invited && (
          <Field label="Your name" hint="Your colleagues see it, and your address.">
            {(fieldProps) => (
              <Input
                {...fieldProps}
                name="name"
                autoComplete="name"
                defaultValue={storedUser()?.user_metadata?.display_name}
                autoFocus
                required
                maxLength={120}
              />
            )}
          </Field>
        )}
        <NewPasswordField label={invited ? "Password" : "New password"} autoFocus={!invited} />
        {save.error && <Alert tone="bad">{errorMessage(save.error)}</Alert>}
        <Button type="submit" variant="primary" size="md" busy={save.isPending}>
          {invited ? "Join" : "Save and go on"}
        </Button>
      </form>
    </AuthLayout>
  );
}
