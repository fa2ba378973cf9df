"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { call } from "@/lib/api/client";
import { errorMessage } from "@/lib/api/error";
import { setActiveOrgId } from "@/lib/session/active-org";
import { useMe } from "@/lib/session/context";
import { hasSession, needsMfa, signOut } from "@/lib/session/token";
import { AuthLayout } from "./auth-layout";

/** The first thing after an account: an organisation to work in. Also the way to a second one. */
export function CreateOrgPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const { data: me } = useMe();
  const create = useMutation({
    mutationFn: (name: string) => call((client) => client.POST("/api/orgs", { body: { name } })),
    onSuccess: (org) => {
      setActiveOrgId(org.id);
      queries.clear();
      router.replace("/");
    },
  });

  useEffect(() => {
    if (!hasSession()) router.replace("/sign-in/");
    else if (needsMfa()) router.replace("/sign-in/mfa/?next=/welcome/");
  }, [router]);

  return (
    <AuthLayout>
      <h1 className="text-2xl font-semibold tracking-tight">Name your organisation</h1>
      <p className="mt-1 text-muted">
        A label, a management, a team. Its artists and numbers are seen by its members only.
      </p>
      <form
        className="mt-6 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(String(new FormData(event.currentTarget).get("name")).trim());
        }}
      >
        <Field label="Name" error={create.error ? errorMessage(create.error) : null}>
          {(fieldProps) => (
            <Input {...fieldProps} name="name" autoFocus required maxLength={120} placeholder="Night Owl Records" />
          )}
        </Field>
        <Button type="submit" variant="primary" size="md" busy={create.isPending}>
          Create the organisation
        </Button>
      </form>
      <p className="mt-6 flex gap-4 text-sm text-muted">
        {me && me.orgs.length > 0 && (
          <Button variant="link" onClick={() => router.push("/")}>
            Back
          </Button>
        )}
        <Button variant="link" onClick={() => void signOut().finally(() => router.replace("/sign-in/"))}>
          Sign out
        </Button>
      </p>
    </AuthLayout>
  );
}
