"use client";

import { useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { CodeField } from "@/components/code-field";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { oneTimeCode } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Alert } from "@/components/ui/alert";
import { Select } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { errorMessage } from "@/lib/api/error";
import { listMfaFactors, verifyMfaCode, type MfaFactor } from "./auth";
import { t } from "./messages";

/** Verify a code of the authenticator app. */
export function MfaForm({ onDone }: { onDone: () => void }) {
  const factors = useQuery({ queryKey: ["own-factors"], queryFn: listMfaFactors, gcTime: 0, retry: false });
  if (factors.error) return <Alert tone="bad">{errorMessage(factors.error)}</Alert>;
  if (!factors.data) return <Skeleton className="h-24" />;
  return <CodeForm factors={factors.data} onDone={onDone} />;
}

const schema = z.object({ factor: z.string(), code: oneTimeCode });

function CodeForm({ factors, onDone }: { factors: MfaFactor[]; onDone: () => void }) {
  const form = useApiForm({
    schema,
    defaultValues: { factor: factors[0]?.id ?? "", code: "" },
    defaultField: "code",
    onSubmit: async ({ factor, code }) => {
      await verifyMfaCode(factor, code);
      onDone();
    },
  });
  const onlyName = factors.length === 1 ? factors[0]?.friendly_name : null;
  return (
    <Form form={form}>
      {factors.length > 1 && (
        <FormField form={form} name="factor" label={t("mfa.device")}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {factors.map((factor) => (
                <option key={factor.id} value={factor.id}>
                  {factor.friendly_name || t("mfa.app")}
                </option>
              ))}
            </Select>
          )}
        </FormField>
      )}
      <CodeField
        form={form}
        name="code"
        label={t("mfa.code")}
        hint={onlyName ? t("mfa.hintOn", { device: onlyName }) : t("mfa.hint")}
        autoFocus
        submitWhenFull
      />
      <FormError form={form} />
      <SubmitButton form={form}>{t("continue")}</SubmitButton>
    </Form>
  );
}
