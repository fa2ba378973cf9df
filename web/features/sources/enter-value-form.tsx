"use client";

import { z } from "zod";
import { ArtistSelect } from "@/components/artist-select";
import { DateInput } from "@/components/date-input/date-input";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { choice, isoDay } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Card, CardHeader } from "@/components/ui/card";
import { Input, Select } from "@/components/ui/field";
import type { MetricEntry, SourceEntry } from "@/lib/api/types";
import { t } from "./messages";
import { useEnterValue } from "./queries";

const numberMissing = { error: () => t("enter.numberMissing") };

const schema = z.object({
  source: choice(() => t("enter.sourceMissing")),
  metric: choice(() => t("enter.metricMissing")),
  artist_id: choice(() => t("enter.artistMissing")),
  on: isoDay,
  value: z.string().min(1, numberMissing).transform(Number).pipe(z.number(numberMissing)),
});

/** Type in one number of an own source. */
export function EnterValueForm({ sources, metrics }: { sources: SourceEntry[]; metrics: MetricEntry[] }) {
  const enter = useEnterValue(() => form.resetField("value"));
  const form = useApiForm({
    schema,
    defaultValues: {
      source: sources[0]?.slug ?? "",
      metric: metrics[0]?.slug ?? "",
      artist_id: "",
      on: "",
      value: "",
    },
    apiFields: {
      "observations.0.on": "on",
      "observations.0.value": "value",
      "observations.0.metric": "metric",
    },
    onSubmit: (values) => enter.mutateAsync(values),
  });
  return (
    <Card aria-labelledby="enter-title">
      <CardHeader id="enter-title" title={t("enter.title")} note={t("enter.note")} />
      <Form form={form} className="grid grid-cols-2 items-end gap-3 px-4 pb-4 md:grid-cols-6">
        <FormField form={form} name="source" label={t("enter.source")}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {sources.map((source) => (
                <option key={source.slug} value={source.slug}>
                  {source.name}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <FormField form={form} name="metric" label={t("enter.metric")}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {metrics.map((metric) => (
                <option key={metric.slug} value={metric.slug}>
                  {`${metric.name}, ${metric.unit}`}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <FormField form={form} name="artist_id" label={t("enter.artist")}>
          {(fieldProps) => <ArtistSelect {...fieldProps} none={t("enter.artistNone")} />}
        </FormField>
        <FormField form={form} name="on" label={t("enter.day")}>
          {(fieldProps) => <DateInput {...fieldProps} required />}
        </FormField>
        <FormField form={form} name="value" label={t("enter.number")}>
          {(fieldProps) => <Input {...fieldProps} type="number" step="any" required />}
        </FormField>
        <SubmitButton form={form}>{t("enter.submit")}</SubmitButton>
        <FormError form={form} className="col-span-full" />
      </Form>
    </Card>
  );
}
