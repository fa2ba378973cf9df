"use client";

import { z } from "zod";
import { DateInput } from "@/components/date-input/date-input";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { optionalDay, optionalText, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { components } from "@/lib/api/schema";
import { t } from "./messages";
import { useAddRelease, useChangeRelease } from "./queries";

type Release = components["schemas"]["Release"];

const KINDS = ["", "single", "ep", "album", "compilation"] as const;

const schema = z.object({
  title: requiredText(500, () => t("edit.titleMissing")),
  kind: z.enum(KINDS),
  released_on: optionalDay,
  label: optionalText(200),
  upc: optionalText(20),
});

export function ReleaseDialog({ release, onClose }: { release: Release; onClose: () => void }) {
  const change = useChangeRelease(release.id, onClose);
  return (
    <Fields
      release={release}
      title={t("edit.of", { title: release.title })}
      onClose={onClose}
      send={change.mutateAsync}
    />
  );
}

/** Adds a release of an artist by hand, such as one that is planned. */
export function AddReleaseDialog({ artistId, onClose }: { artistId: string; onClose: () => void }) {
  const add = useAddRelease(onClose);
  const credits = [{ artist_id: artistId, role: "main" as const }];
  return <Fields title={t("add.title")} onClose={onClose} send={(values) => add.mutateAsync({ ...values, credits })} />;
}

type Values = {
  title: string;
  kind: Exclude<z.output<typeof schema>["kind"], ""> | null;
  released_on: string | null;
  label: string | null;
  upc: string | null;
};
type FieldsProps = {
  release?: Release;
  title: string;
  onClose: () => void;
  send: (values: Values) => Promise<unknown>;
};

function Fields({ release, title, onClose, send }: FieldsProps) {
  const form = useApiForm({
    schema,
    defaultValues: {
      title: release?.title ?? "",
      kind: release?.kind ?? "",
      released_on: release?.released_on ?? "",
      label: release?.label ?? "",
      upc: release?.upc ?? "",
    },
    onSubmit: ({ kind, label, upc, ...values }) =>
      send({ ...values, kind: kind || null, label: label || null, upc: upc || null }),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title}>
      <Form form={form}>
        <FormField form={form} name="title" label={t("edit.title")}>
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={500} />}
        </FormField>
        <div className="grid grid-cols-2 gap-3">
          <FormField form={form} name="released_on" label={t("edit.day")}>
            {(fieldProps) => <DateInput {...fieldProps} />}
          </FormField>
          <FormField form={form} name="kind" label={t("edit.kind")}>
            {(fieldProps) => (
              <Select {...fieldProps}>
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {t(`kinds.${kind || "unknown"}`)}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
          <FormField form={form} name="label" label={t("edit.label")}>
            {(fieldProps) => <Input {...fieldProps} maxLength={200} />}
          </FormField>
          <FormField form={form} name="upc" label={t("edit.upc")}>
            {(fieldProps) => <Input {...fieldProps} maxLength={20} />}
          </FormField>
        </div>
        <DialogFooter form={form} submitLabel={release ? t("edit.save") : t("add.title")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
