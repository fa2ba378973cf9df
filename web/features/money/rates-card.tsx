"use client";

import { X } from "lucide-react";
import { z } from "zod";
import { DateInput } from "@/components/date-input/date-input";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { isoDay, optionalText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Card, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { now } from "@/lib/clock";
import { day, fixed } from "@/lib/format";
import { activeRegional } from "@/lib/regional";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { useExchangeRates, useRemoveRate, useStateRate } from "./queries";

const code = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, { error: () => t("rates.form.code") });

const schema = z.object({
  from_currency: code,
  to_currency: code,
  valid_from: isoDay,
  rate: z.string().regex(/^\d+([.]\d+)?$/, { error: () => t("rates.form.number") }),
  note: optionalText(500),
});

/** The exchange rates that the org states; nothing is converted by any other. */
export function RatesCard() {
  const { can } = useSession();
  const { data, error, refetch } = useExchangeRates();
  const remove = useRemoveRate();
  const may = can("money:write");
  return (
    <Card aria-labelledby="rates-title">
      <CardHeader id="rates-title" title={t("rates.title")} note={t("rates.note")} />
      {error && !data && <ErrorState error={error} what={t("rates.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={2} />}
      {data?.length === 0 && <p className="px-4 pb-3 text-sm text-muted">{t("rates.none")}</p>}
      <ul className="divide-y divide-line text-sm">
        {data?.map((rate) => (
          <li key={rate.id} className="flex flex-wrap items-center gap-4 px-4 py-2">
            <span className="w-36 text-muted">{t("rates.since", { day: day(rate.valid_from) })}</span>
            <span className="num flex-1">
              1 {rate.from_currency} = {fixed(Number(rate.rate), rate.rate.split(".")[1]?.length ?? 0)}{" "}
              {rate.to_currency}
              {rate.note && <span className="text-muted"> · {rate.note}</span>}
            </span>
            {may && (
              <button
                type="button"
                aria-label={t("rates.remove", {
                  from: rate.from_currency,
                  to: rate.to_currency,
                  day: day(rate.valid_from),
                })}
                className="rounded p-1 text-muted hover:text-down"
                onClick={() => remove.mutate(rate.id)}
              >
                <X className="size-3.5" aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ul>
      {may && <RateForm />}
    </Card>
  );
}

function RateForm() {
  const state = useStateRate(() => form.reset());
  const form = useApiForm({
    schema,
    defaultValues: {
      from_currency: "",
      to_currency: activeRegional().currency,
      valid_from: new Date(now()).toISOString().slice(0, 10),
      rate: "",
      note: "",
    },
    onSubmit: (values) => state.mutateAsync(values),
  });
  return (
    <Form form={form} className="flex flex-wrap items-end gap-2 border-t border-line p-4">
      <FormField form={form} name="from_currency" label={t("rates.form.from")}>
        {(fieldProps) => <Input {...fieldProps} required maxLength={3} className="w-20" />}
      </FormField>
      <FormField form={form} name="to_currency" label={t("rates.form.to")}>
        {(fieldProps) => <Input {...fieldProps} required maxLength={3} className="w-20" />}
      </FormField>
      <FormField form={form} name="rate" label={t("rates.form.rate")}>
        {(fieldProps) => <Input {...fieldProps} type="number" min="0" step="any" required className="w-28" />}
      </FormField>
      <FormField form={form} name="valid_from" label={t("rates.form.day")}>
        {(fieldProps) => <DateInput {...fieldProps} required />}
      </FormField>
      <FormField form={form} name="note" label={t("rates.form.note")}>
        {(fieldProps) => <Input {...fieldProps} maxLength={500} />}
      </FormField>
      <SubmitButton form={form}>{t("rates.form.submit")}</SubmitButton>
      <FormError form={form} className="basis-full" />
    </Form>
  );
}
