"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { optionalText, optionalWebAddress, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select, Textarea } from "@/components/ui/field";
import type { SourceEntry } from "@/lib/api/types";
import { t } from "./messages";
import { useSaveSource } from "./queries";

const schema = z.object({
  name: requiredText(120, () => t("source.nameMissing")),
  cadence: z.enum(["day", "week"]),
  how: z.enum(["typed", "pushed", "file"]),
  time_zone: requiredText(60, () => t("source.zoneMissing")),
  url: optionalWebAddress,
  note: optionalText(500),
});

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

type Props = { source: SourceEntry | null; onClose: () => void };

/** Add or change a source of the org's own. What its numbers cover stays once it has some. */
export function SourceDialog({ source, onClose }: Props) {
  const save = useSaveSource(onClose);
  const used = Boolean(source?.series);
  const form = useApiForm({
    schema,
    defaultValues: {
      name: source?.name ?? "",
      cadence: source?.cadence ?? "week",
      how: source?.how ?? "typed",
      time_zone: source?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      url: source?.url ?? "",
      note: source?.note ?? "",
    },
    onSubmit: ({ url, ...values }) => save.mutateAsync({ slug: source?.slug ?? null, ...values, url: url || null }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={source ? t("changeOf", { name: source.name }) : t("list.add")}
    >
      <Form form={form}>
        <FormField form={form} name="name" label={t("source.name")}>
          {(fieldProps) => (
            <Input {...fieldProps} required autoFocus maxLength={120} placeholder={t("source.nameExample")} />
          )}
        </FormField>
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField
            form={form}
            name="cadence"
            label={t("source.covers")}
            hint={used ? t("source.coversStays") : undefined}
          >
            {(fieldProps) => (
              <Select {...fieldProps} disabled={used}>
                <option value="day">{t("source.day")}</option>
                <option value="week">{t("source.week")}</option>
              </Select>
            )}
          </FormField>
          <FormField form={form} name="how" label={t("source.how")}>
            {(fieldProps) => (
              <Select {...fieldProps}>
                <option value="typed">{t("source.typed")}</option>
                <option value="file">{t("source.file")}</option>
                <option value="pushed">{t("source.pushed")}</option>
              </Select>
            )}
          </FormField>
        </div>
        <FormField form={form} name="time_zone" label={t("source.zone")}>
          {(fieldProps) => (
            <Select {...fieldProps} disabled={used}>
              {[...new Set([source?.time_zone ?? "UTC", ...ZONES])].map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </Select>
          )}
        </FormField>
        <FormField form={form} name="url" label={t("source.url")} hint={t("source.urlHint")}>
          {(fieldProps) => <Input {...fieldProps} type="url" />}
        </FormField>
        <FormField form={form} name="note" label={t("source.note")}>
          {(fieldProps) => <Textarea {...fieldProps} className="min-h-16" maxLength={500} />}
        </FormField>
        <DialogFooter form={form} submitLabel={t("source.save")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
