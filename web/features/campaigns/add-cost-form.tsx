"use client";

import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { isoDay, optionalText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Input } from "@/components/ui/field";
import type { CampaignDetail } from "@/lib/api/types";
import { minorUnits } from "@/lib/format";
import { useAddCost } from "./queries";

const schema = z.object({
  spent_on: isoDay,
  amount: z
    .string()
    .min(1, "Enter an amount.")
    .transform(Number)
    .pipe(z.number("Enter an amount.").min(0, "Enter 0 or more.")),
  note: optionalText(500),
});

export function AddCostForm({ campaign, onAdded }: { campaign: CampaignDetail; onAdded: () => void }) {
  const add = useAddCost(campaign.id, onAdded);
  const form = useApiForm({
    schema,
    defaultValues: { spent_on: campaign.starts_on, amount: "", note: "" },
    apiFields: { amount_minor: "amount" },
    onSubmit: ({ amount, ...values }) =>
      add.mutateAsync({ ...values, amount_minor: minorUnits(amount, campaign.currency ?? "EUR") }),
  });
  return (
    <Form
      form={form}
      className="mb-3 grid grid-cols-2 items-end gap-2 rounded-card border border-line p-3 sm:grid-cols-[140px_120px_1fr_auto]"
    >
      <FormField form={form} name="spent_on" label="Day">
        {(fieldProps) => <Input {...fieldProps} type="date" required />}
      </FormField>
      <FormField form={form} name="amount" label={`Amount, ${campaign.currency}`}>
        {(fieldProps) => <Input {...fieldProps} type="number" min="0" step="0.01" required />}
      </FormField>
      <FormField form={form} name="note" label="For">
        {(fieldProps) => <Input {...fieldProps} maxLength={500} />}
      </FormField>
      <SubmitButton form={form}>Add</SubmitButton>
      <FormError form={form} className="col-span-full" />
    </Form>
  );
}
