"use client";

import { useWatch } from "react-hook-form";
import { z } from "zod";
import { ArtistSelect } from "@/components/artist-select";
import { DateInput } from "@/components/date-input/date-input";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { isoDay, optionalText, optionalWebAddress, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select, Textarea } from "@/components/ui/field";
import { useSession } from "@/lib/session/context";
import { ENTERED_KINDS } from "./kinds";
import { t } from "./messages";
import { useAddEntry, useOwners } from "./queries";

const schema = z.object({
  kind: z.enum(ENTERED_KINDS),
  title: requiredText(300, () => t("entry.titleMissing")),
  artist_id: z.string(),
  starts_on: isoDay,
  ends_on: z.union([z.literal(""), isoDay]),
  owner_id: z.string(),
  url: optionalWebAddress,
  notes: optionalText(10_000),
});

/** A form for a show, a pitch, a note. The day of a pitch is its deadline. */
export function EntryDialog({ day, artistId, onClose }: { day: string; artistId: string; onClose: () => void }) {
  const { can } = useSession();
  const owners = useOwners(can("members:read"));
  const add = useAddEntry(onClose);
  const form = useApiForm({
    schema,
    defaultValues: {
      kind: "show",
      title: "",
      artist_id: artistId,
      starts_on: day,
      ends_on: "",
      owner_id: "",
      url: "",
      notes: "",
    },
    apiFields: { deadline_on: "starts_on" },
    onSubmit: ({ kind, starts_on, ends_on, artist_id, owner_id, url, ...values }) =>
      add.mutateAsync({
        ...values,
        kind,
        artist_id: artist_id || null,
        owner_id: owner_id || null,
        url: url || null,
        ...(kind === "pitch" ? { deadline_on: starts_on } : { starts_on, ends_on: ends_on || null }),
      }),
  });
  const pitch = useWatch({ control: form.control, name: "kind" }) === "pitch";
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("add")}>
      <Form form={form}>
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField form={form} name="kind" label={t("entry.kind")}>
            {(fieldProps) => (
              <Select {...fieldProps}>
                {ENTERED_KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {t(`kinds.${kind}`)}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
          <FormField form={form} name="title" label={t("entry.title")}>
            {(fieldProps) => <Input {...fieldProps} required maxLength={300} />}
          </FormField>
          <FormField form={form} name="artist_id" label={t("entry.artist")}>
            {(fieldProps) => <ArtistSelect {...fieldProps} none={t("row.wholeLabel")} />}
          </FormField>
          <FormField form={form} name="owner_id" label={t("entry.owner")}>
            {(fieldProps) => (
              <Select {...fieldProps}>
                <option value="">{t("entry.nobody")}</option>
                {owners.data?.map((member) => (
                  <option key={member.id} value={member.id}>
                    {member.display_name || member.email}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
          <FormField form={form} name="starts_on" label={t(pitch ? "entry.deadline" : "entry.firstDay")}>
            {(fieldProps) => <DateInput {...fieldProps} required />}
          </FormField>
          {!pitch && (
            <FormField form={form} name="ends_on" label={t("entry.lastDay")}>
              {(fieldProps) => <DateInput {...fieldProps} />}
            </FormField>
          )}
          <FormField form={form} name="url" label={t("entry.link")} className="sm:col-span-2">
            {(fieldProps) => <Input {...fieldProps} type="url" placeholder="https://" />}
          </FormField>
          <FormField form={form} name="notes" label={t("entry.notes")} className="sm:col-span-2">
            {(fieldProps) => <Textarea {...fieldProps} rows={3} />}
          </FormField>
        </div>
        <DialogFooter form={form} submitLabel={t("add")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
