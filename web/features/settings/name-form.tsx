"use client";

import { useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Input } from "@/components/ui/field";
import { useApiMutation } from "@/lib/api/queries";
import { t } from "./messages";

const schema = z.object({ name: requiredText(120, () => t("name.missing")) });

type Props = {
  label: string;
  name: string;
  save: (name: string) => Promise<unknown>;
  /** First parts of the query keys that show the name, besides the session's. */
  invalidates: string[][];
  autoComplete?: string;
  disabledHint?: string;
};

/** A form for the name of a user or an organisation. */
export function NameForm({ label, name, save, invalidates, autoComplete, disabledHint }: Props) {
  const queries = useQueryClient();
  const rename = useApiMutation(save, {
    invalidates,
    successMessage: () => t("saved"),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["me"] }),
    silent: true,
  });
  const form = useApiForm({
    schema,
    defaultValues: { name },
    values: { name },
    defaultField: "name",
    onSubmit: (values) => rename.mutateAsync(values.name),
  });
  return (
    <Form form={form} className="flex flex-wrap items-end gap-3 px-4 pb-4">
      <FormField form={form} name="name" label={label} className="min-w-60 flex-1" hint={disabledHint}>
        {(fieldProps) => (
          <Input
            {...fieldProps}
            autoComplete={autoComplete}
            required
            maxLength={120}
            disabled={Boolean(disabledHint)}
          />
        )}
      </FormField>
      {!disabledHint && (
        <SubmitButton form={form} variant="outline">
          {t("save")}
        </SubmitButton>
      )}
      <FormError form={form} className="basis-full" />
    </Form>
  );
}
