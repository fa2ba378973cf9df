"use client";

import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
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

const schema = z.object({ limit: z.coerce.number<string>("Enter an amount.").min(0) });
const dollars = (amount: number) => `$${amount.toFixed(amount > 0 && amount < 0.01 ? 4 : 2)}`;

/** Which language model orders the sentences of insights, what it cost, and whether it works. */
export function ModelCard() {
  const { can } = useSession();
  const { data, error, refetch } = useModelUse(can("org:manage"));
  if (!can("org:manage")) return null;
  return (
    <Card aria-labelledby="model-title">
      <CardHeader
        id="model-title"
        title="Language model"
        note="It chooses and orders the sentences of insights. It sees no number, name or document, and writes nothing"
      />
      {error && !data && <ErrorState error={error} what="The model" retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={3} />}
      {data && !data.configured && (
        <p className="px-4 pb-4 text-sm text-muted">
          None is set up, so ARTi orders the sentences itself. Whoever runs ARTi can set one up (OPENAI_BASE_URL).
        </p>
      )}
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
          The limit of this month is reached: ARTi orders the sentences itself until the next month.
        </p>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1">
        <dt className="text-muted">Model</dt>
        <dd>{use.model}</dd>
        <dt className="text-muted">This month</dt>
        <dd className="tabular-nums">
          {dollars(use.spent)} of {dollars(use.monthly_limit)}, {exact(use.calls)} calls
        </dd>
        <dt className="text-muted">Tokens</dt>
        <dd className="tabular-nums">
          {exact(use.input_tokens)} read at {dollars(use.input_price)} a million, {exact(use.output_tokens)} written at{" "}
          {dollars(use.output_price)}
        </dd>
        <dt className="text-muted">Last failure</dt>
        <dd>{use.last_error ? `${use.last_error} ${moment(use.last_error_at!)}` : "None this month"}</dd>
        <dt className="text-muted">Last test</dt>
        <dd>
          {use.tested_at
            ? `${use.test_error ?? "It answered as it should."} ${moment(use.tested_at)}`
            : "Not this month"}
        </dd>
      </dl>
      <Form form={form} className="flex flex-wrap items-end gap-3">
        <FormField
          form={form}
          name="limit"
          label="Limit a month, in US dollars"
          hint={`At most ${dollars(use.highest_limit)}, which whoever runs ARTi decides`}
        >
          {(props) => <Input {...props} inputMode="decimal" className="w-28" />}
        </FormField>
        <SubmitButton form={form} variant="outline">
          Save
        </SubmitButton>
        <Button busy={test.isPending} onClick={() => test.mutate(use.tested_at)}>
          Test the model
        </Button>
        <FormError form={form} className="basis-full" />
      </Form>
    </div>
  );
}
