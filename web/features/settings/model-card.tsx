"use client";

import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { optionalNumber } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { ModelUse } from "@/lib/api/types";
import { exact, moment } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useModelUse, useSetModelLimit, useTestModel } from "./queries";
import { t } from "./messages";

const schema = z.object({ limit: optionalNumber(1_000_000).pipe(z.number({ error: () => t("model.amountMissing") })) });
const dollars = (amount: number) => `$${amount.toFixed(amount > 0 && amount < 0.01 ? 4 : 2)}`;

/** Which language model orders the sentences of insights, what it cost, and whether it works. */
export function ModelCard() {
  const { can } = useSession();
  const { data, error, refetch } = useModelUse(can("org:manage"));
  if (!can("org:manage")) return null;
  return (
    <Card aria-labelledby="model-title">
      <CardHeader id="model-title" title={t("model.title")} note={t("model.note")} />
      {error && !data && <ErrorState error={error} what={t("model.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={3} />}
      {data && !data.configured && <p className="px-4 pb-4 text-sm text-muted">{t("model.none")}</p>}
      {data?.configured && <Use use={data} />}
    </Card>
  );
}

function Use({ use }: { use: ModelUse }) {
  const test = useTestModel();
  const save = useSetModelLimit();
  const limit = String(use.monthly_limit);
  const form = useApiForm({
    schema,
    defaultValues: { limit },
    values: { limit },
    defaultField: "limit",
    onSubmit: (values) => save.mutateAsync(values.limit),
  });
  return (
    <div className="grid gap-4 px-4 pb-4 text-sm">
      {use.at_limit && (
        <p role="status" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
          {t("model.atLimit")}
        </p>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1">
        <dt className="text-muted">{t("model.model")}</dt>
        <dd>{use.model}</dd>
        <dt className="text-muted">{t("model.month")}</dt>
        <dd className="tabular-nums">
          {t("model.spent", { spent: dollars(use.spent), limit: dollars(use.monthly_limit), calls: use.calls })}
        </dd>
        <dt className="text-muted">{t("model.tokens")}</dt>
        <dd className="tabular-nums">
          {t("model.tokensUsed", {
            read: exact(use.input_tokens),
            readPrice: dollars(use.input_price),
            written: exact(use.output_tokens),
            writePrice: dollars(use.output_price),
          })}
        </dd>
        <dt className="text-muted">{t("model.lastFailure")}</dt>
        <dd>{use.last_error ? `${use.last_error} ${moment(use.last_error_at!)}` : t("model.noFailure")}</dd>
        <dt className="text-muted">{t("model.lastTest")}</dt>
        <dd>
          {use.tested_at ? `${use.test_error ?? t("model.answered")} ${moment(use.tested_at)}` : t("model.noTest")}
        </dd>
      </dl>
      <Form form={form} className="flex flex-wrap items-end gap-3">
        <FormField
          form={form}
          name="limit"
          label={t("model.limit")}
          hint={t("model.limitHint", { amount: dollars(use.highest_limit) })}
        >
          {(props) => <Input {...props} inputMode="decimal" className="w-28" />}
        </FormField>
        <SubmitButton form={form} variant="outline">
          {t("save")}
        </SubmitButton>
        <Button busy={test.isPending} onClick={() => test.mutate(use.tested_at)}>
          {t("model.test")}
        </Button>
        <FormError form={form} className="basis-full" />
      </Form>
    </div>
  );
}
