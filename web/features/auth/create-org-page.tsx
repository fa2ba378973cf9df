"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { call } from "@/lib/api/client";
import { setActiveOrgId } from "@/lib/session/active-org";
import { useMe } from "@/lib/session/context";
import { hasSession, needsMfa, signOut } from "@/lib/session/token";
import { OwnInvitations } from "@/components/own-invitations";
import { AuthHeading, AuthLayout } from "./auth-layout";
import { t } from "./messages";

const schema = z.object({ name: requiredText(120, () => t("org.nameMissing")) });

/** Create an organisation: the first step after sign-up, also used for further ones. */
export function CreateOrgPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const { data: me } = useMe();
  const form = useApiForm({
    schema,
    defaultValues: { name: "" },
    defaultField: "name",
    onSubmit: async (body) => {
      const org = await call((client) => client.POST("/api/orgs", { body }));
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
      <OwnInvitations className="mb-8" />
      <AuthHeading title={t("org.title")}>{t("org.lead")}</AuthHeading>
      <Form form={form} className="mt-6 grid gap-4">
        <FormField form={form} name="name" label={t("org.name")}>
          {(fieldProps) => <Input {...fieldProps} autoFocus required maxLength={120} placeholder={t("org.example")} />}
        </FormField>
        <FormError form={form} />
        <SubmitButton form={form}>{t("org.submit")}</SubmitButton>
      </Form>
      <p className="mt-6 flex gap-4 text-sm text-muted">
        {me && me.orgs.length > 0 && (
          <Button variant="link" onClick={() => router.push("/")}>
            {t("org.back")}
          </Button>
        )}
        <Button variant="link" onClick={() => void signOut().finally(() => router.replace("/sign-in/"))}>
          {t("org.signOut")}
        </Button>
      </p>
    </AuthLayout>
  );
}
