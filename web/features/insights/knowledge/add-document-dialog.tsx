"use client";

import { z } from "zod";
import { ArtistSelect } from "@/components/artist-select";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { optionalWebAddress, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select, Textarea } from "@/components/ui/field";
import { t } from "./messages";
import { useAddDocument } from "./queries";

const KINDS = ["note", "press", "brief", "report", "guide"] as const;

const schema = z.object({
  title: requiredText(300, () => t("dialog.titleMissing")),
  kind: z.enum(KINDS),
  artist_id: z.string(),
  body: requiredText(400_000, () => t("dialog.textMissing")),
  source_url: optionalWebAddress,
});

export function AddDocumentDialog({ onClose }: { onClose: () => void }) {
  const add = useAddDocument(onClose);
  const form = useApiForm({
    schema,
    defaultValues: { title: "", kind: "note", artist_id: "", body: "", source_url: "" },
    onSubmit: (values) =>
      add.mutateAsync({ ...values, artist_id: values.artist_id || null, source_url: values.source_url || null }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("documents.add")}
      description={t("dialog.hint")}
      className="w-[min(640px,calc(100vw-24px))]"
    >
      <Form form={form}>
        <FormField form={form} name="title" label={t("dialog.title")}>
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={300} />}
        </FormField>
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField form={form} name="kind" label={t("dialog.kind")}>
            {(fieldProps) => (
              <Select {...fieldProps} className="capitalize">
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {t(`kinds.${kind}`)}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
          <FormField form={form} name="artist_id" label={t("dialog.about")}>
            {(fieldProps) => <ArtistSelect {...fieldProps} none={t("ask.allArtists")} />}
          </FormField>
        </div>
        <FormField form={form} name="body" label={t("dialog.text")}>
          {(fieldProps) => <Textarea {...fieldProps} required className="min-h-48" maxLength={400_000} />}
        </FormField>
        <FormField form={form} name="source_url" label={t("dialog.source")} hint={t("dialog.sourceHint")}>
          {(fieldProps) => <Input {...fieldProps} type="url" placeholder="https://…" />}
        </FormField>
        <DialogFooter form={form} submitLabel={t("dialog.save")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
