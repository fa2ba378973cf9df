"use client";

import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { useApiForm } from "@/components/form/use-api-form";
import { Card, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { useSession } from "@/lib/session/context";
import { useRetention, useSetRetention } from "./queries";
import { t } from "./messages";

const schema = z.object({
  days: z.coerce
    .number<string>()
    .int({ error: () => t("retention.wholeDays") })
    .min(0)
    .max(3650),
});

/** How long files that could not be imported are kept. */
export function RetentionCard() {
  const { can } = useSession();
  const { data, error, refetch } = useRetention(can("imports:read"));
  const save = useSetRetention();
  const days = String(data?.refused_file_days ?? "");
  const form = useApiForm({
    schema,
    defaultValues: { days },
    values: { days },
    defaultField: "days",
    onSubmit: (values) => save.mutateAsync(values.days),
  });
  if (!can("imports:read")) return null;
  return (
    <Card aria-labelledby="retention-title">
      <CardHeader id="retention-title" title={t("retention.title")} note={t("retention.note")} />
      {error && <ErrorState error={error} what={t("retention.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={1} />}
      {data && (
        <Form form={form} className="flex flex-wrap items-end gap-3 px-4 pb-4">
          <FormField
            form={form}
            name="days"
            label={t("retention.days")}
            hint={can("org:manage") ? undefined : t("onlyAdmin")}
          >
            {(fieldProps) => (
              <Input {...fieldProps} inputMode="numeric" className="w-28" disabled={!can("org:manage")} />
            )}
          </FormField>
          {can("org:manage") && <SubmitButton form={form}>{t("save")}</SubmitButton>}
          <FormError form={form} />
        </Form>
      )}
    </Card>
  );
}
