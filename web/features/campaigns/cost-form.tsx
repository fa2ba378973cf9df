"use client";

import { z } from "zod";
import { DateInput } from "@/components/date-input/date-input";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { isoDay, optionalText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import type { CampaignDetail } from "@/lib/api/types";
import { majorUnits, minorUnits } from "@/lib/format";
import { activeRegional } from "@/lib/regional";
import { t } from "./messages";
import { type Cost, useSaveCost } from "./queries";

const schema = z.object({
  spent_on: isoDay,
  amount: z
    .string()
    .min(1, { error: () => t("costs.amountMissing") })
    .transform(Number)
    .pipe(z.number({ error: () => t("costs.amountMissing") }).min(0, { error: () => t("costs.amountNegative") })),
  note: optionalText(500),
});

type Props = {
  campaign: CampaignDetail;
  /** The cost to edit; without one a cost is added. */
  cost?: Cost;
  onDone: () => void;
};

export function CostForm({ campaign, cost, onDone }: Props) {
  const save = useSaveCost(campaign.id, cost?.id, onDone);
  const currency = campaign.currency ?? activeRegional().currency;
  const form = useApiForm({
    schema,
    defaultValues: {
      spent_on: cost?.spent_on ?? campaign.starts_on,
      amount: majorUnits(cost?.amount_minor, currency),
      note: cost?.note ?? "",
    },
    apiFields: { amount_minor: "amount" },
    onSubmit: ({ amount, ...values }) => save.mutateAsync({ ...values, amount_minor: minorUnits(amount, currency) }),
  });
  return (
    <Form
      form={form}
      className="mb-3 grid grid-cols-2 items-end gap-2 rounded-card border border-line p-3 sm:grid-cols-[140px_120px_1fr_auto]"
    >
      <FormField form={form} name="spent_on" label={t("costs.day")}>
        {(fieldProps) => <DateInput {...fieldProps} required />}
      </FormField>
      <FormField form={form} name="amount" label={t("costs.amount", { currency: campaign.currency })}>
        {(fieldProps) => <Input {...fieldProps} type="number" min="0" step="0.01" required />}
      </FormField>
      <FormField form={form} name="note" label={t("costs.for")}>
        {(fieldProps) => <Input {...fieldProps} maxLength={500} />}
      </FormField>
      <div className="flex gap-2">
        <SubmitButton form={form}>{cost ? t("save") : t("costs.submitNew")}</SubmitButton>
        <Button size="md" onClick={onDone}>
          {t("costs.cancel")}
        </Button>
      </div>
      <FormError form={form} className="col-span-full" />
    </Form>
  );
}
