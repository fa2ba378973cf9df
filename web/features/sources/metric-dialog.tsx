"use client";

import { useWatch } from "react-hook-form";
import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { optionalText, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select, Textarea } from "@/components/ui/field";
import type { MetricEntry } from "@/lib/api/types";
import { AGGREGATIONS, KINDS, type MetricKind } from "./labels";
import { t } from "./messages";
import { useSaveMetric } from "./queries";

const schema = z.object({
  name: requiredText(120, () => t("metric.nameMissing")),
  unit: requiredText(40, () => t("metric.unitMissing")),
  kind: z.enum(["flow", "counter", "rolling", "ratio"]),
  aggregation: z.string(),
  direction: z.enum(["higher", "lower"]),
  can_fall: z.enum(["yes", "no"]),
  description: optionalText(500),
});

type Props = { metric: MetricEntry | null; onClose: () => void };

/** Define or change a metric of the org's own. Once there are numbers of it, the API keeps what it means. */
export function MetricDialog({ metric, onClose }: Props) {
  const save = useSaveMetric(onClose);
  const form = useApiForm({
    schema,
    defaultValues: {
      name: metric?.name ?? "",
      unit: metric?.unit ?? "",
      kind: metric?.kind ?? "flow",
      aggregation: metric?.aggregation ?? "",
      direction: metric?.higher_is_better === false ? "lower" : "higher",
      can_fall: metric?.can_fall === false ? "no" : "yes",
      description: metric?.description ?? "",
    },
    onSubmit: ({ direction, can_fall, aggregation, kind, ...values }) =>
      save.mutateAsync({
        slug: metric?.slug ?? null,
        ...values,
        kind,
        // A choice of another kind is none of this one; without it the usual way is taken.
        aggregation: AGGREGATIONS[kind].some((way) => way === aggregation) ? aggregation : null,
        higher_is_better: direction === "higher",
        can_fall: kind !== "counter" || can_fall === "yes",
      }),
  });
  const kind: MetricKind = useWatch({ control: form.control, name: "kind" });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={metric ? t("changeOf", { name: metric.name }) : t("metrics.define")}
    >
      <Form form={form}>
        <FormField form={form} name="name" label={t("metric.name")}>
          {(fieldProps) => (
            <Input {...fieldProps} required autoFocus maxLength={120} placeholder={t("metric.nameExample")} />
          )}
        </FormField>
        <FormField form={form} name="unit" label={t("metric.unit")} hint={t("metric.unitHint")}>
          {(fieldProps) => <Input {...fieldProps} required maxLength={40} />}
        </FormField>
        <FormField form={form} name="kind" label={t("metric.kind")}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {KINDS.map((each) => (
                <option key={each} value={each}>
                  {t(`metrics.kinds.${each}`)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        {AGGREGATIONS[kind].length > 1 && (
          <FormField form={form} name="aggregation" label={t("metric.aggregation")}>
            {(fieldProps) => (
              <Select {...fieldProps}>
                {AGGREGATIONS[kind].map((way) => (
                  <option key={way} value={way}>
                    {t(`metric.ways.${way}`)}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
        )}
        {kind === "counter" && (
          <FormField form={form} name="can_fall" label={t("metric.mayFall")}>
            {(fieldProps) => (
              <Select {...fieldProps}>
                <option value="yes">{t("metric.mayFallYes")}</option>
                <option value="no">{t("metric.mayFallNo")}</option>
              </Select>
            )}
          </FormField>
        )}
        <FormField form={form} name="direction" label={t("metric.better")}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              <option value="higher">{t("metric.more")}</option>
              <option value="lower">{t("metric.less")}</option>
            </Select>
          )}
        </FormField>
        <FormField form={form} name="description" label={t("metric.description")}>
          {(fieldProps) => <Textarea {...fieldProps} className="min-h-16" maxLength={500} />}
        </FormField>
        <DialogFooter form={form} submitLabel={t("metric.save")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
