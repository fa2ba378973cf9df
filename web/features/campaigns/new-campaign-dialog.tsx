"use client";

import { ArtistSelect } from "@/components/artist-select";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { ApiError } from "@/lib/api/error";
import type { Provider } from "@/lib/api/types";
import { minorUnits } from "@/lib/format";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { useAddCampaign, useMetricCatalogue } from "./queries";

/** More than anybody has; beyond it, numbers would no longer be exact. */
const MAX = 9_999_999_999_999;

type Props = { onClose: () => void; onAdded: (campaign: { id: string }) => void };

export function NewCampaignDialog({ onClose, onAdded }: Props) {
  const metrics = useMetricCatalogue();
  const add = useAddCampaign((campaign) => {
    onClose();
    onAdded(campaign);
  });
  const problem = add.error instanceof ApiError ? add.error : null;
  const of = (field: string) => problem?.fields.find((each) => each.field === field)?.message ?? null;
  const known = ["name", "goal_metric", "goal_target", "ends_on", "starts_on", "budget_minor", "currency"];

  const submit = (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const number = (name: string) => (text(name) ? Number(text(name)) : null);
    const budget = number("budget");
    const currency = text("currency").toUpperCase();
    add.mutate({
      artist_id: text("artist"),
      name: text("name"),
      goal_metric: text("metric"),
      goal_provider: text("provider") as Provider,
      goal_target: number("target"),
      budget_minor: budget === null ? null : minorUnits(budget, currency || "EUR"),
      currency: currency || null,
      starts_on: text("from"),
      ends_on: text("to"),
      notes: text("notes"),
    });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New campaign"
      className="w-[min(600px,calc(100vw-24px))]"
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" error={of("name")}>
            {(fieldProps) => <Input {...fieldProps} name="name" required maxLength={200} />}
          </Field>
          <Field label="Artist">
            {(fieldProps) => <ArtistSelect {...fieldProps} name="artist" required none="Choose an artist" />}
          </Field>
          <Field label="First day" error={of("starts_on")}>
            {(fieldProps) => <Input {...fieldProps} name="from" type="date" required />}
          </Field>
          <Field label="Last day" error={of("ends_on")}>
            {(fieldProps) => <Input {...fieldProps} name="to" type="date" required />}
          </Field>
          <Field label="Platform">
            {(fieldProps) => (
              <Select {...fieldProps} name="provider" required>
                {PROVIDER_NAMES.map((provider) => (
                  <option key={provider} value={provider}>
                    {providerName(provider)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="What it should move" error={of("goal_metric")}>
            {(fieldProps) => (
              <Select {...fieldProps} name="metric" required defaultValue="">
                <option value="" disabled>
                  Choose a metric
                </option>
                {metrics.data?.map((metric) => (
                  <option key={metric.slug} value={metric.slug}>
                    {metric.name} ({metric.unit})
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="Target" hint="Over the days of the campaign" error={of("goal_target")}>
            {(fieldProps) => <Input {...fieldProps} name="target" type="number" min="0" max={MAX} step="any" />}
          </Field>
          <div className="grid grid-cols-[1fr_88px] gap-2">
            <Field label="Budget" error={of("budget_minor")}>
              {(fieldProps) => <Input {...fieldProps} name="budget" type="number" min="0" max={MAX} step="0.01" />}
            </Field>
            <Field label="Currency" error={of("currency")}>
              {(fieldProps) => (
                <Input
                  {...fieldProps}
                  name="currency"
                  pattern="[A-Za-z]{3}"
                  maxLength={3}
                  defaultValue="EUR"
                  title="Three letters, such as EUR"
                />
              )}
            </Field>
          </div>
        </div>
        <Field label="Notes">
          {(fieldProps) => <Textarea {...fieldProps} name="notes" className="min-h-16" maxLength={10000} />}
        </Field>
        {problem && !known.includes(problem.fields[0]?.field ?? "") && (
          <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
            {problem.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending}>
            Plan the campaign
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
