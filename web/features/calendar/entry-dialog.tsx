"use client";

import { useWatch } from "react-hook-form";
import { z } from "zod";
import { ArtistSelect } from "@/components/artist-select";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { isoDay, optionalText, optionalWebAddress, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select, Textarea } from "@/components/ui/field";
import { useSession } from "@/lib/session/context";
import { ENTERED_KINDS, KINDS } from "./labels";
import { useAddEntry, useOwners } from "./queries";

const schema = z.object({
  kind: z.enum(ENTERED_KINDS),
  title: requiredText(300, "Enter a title."),
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
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add to the calendar">
      <Form form={form}>
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField form={form} name="kind" label="Kind">
            {(fieldProps) => (
              <Select {...fieldProps}>
                {ENTERED_KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {KINDS[kind]}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
          <FormField form={form} name="title" label="Title">
            {(fieldProps) => <Input {...fieldProps} required maxLength={300} />}
          </FormField>
          <FormField form={form} name="artist_id" label="Artist">
            {(fieldProps) => <ArtistSelect {...fieldProps} none="The whole label" />}
          </FormField>
          <FormField form={form} name="owner_id" label="Owner">
            {(fieldProps) => (
              <Select {...fieldProps}>
                <option value="">Nobody</option>
                {owners.data?.map((member) => (
                  <option key={member.id} value={member.id}>
                    {member.display_name || member.email}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
          <FormField form={form} name="starts_on" label={pitch ? "Deadline" : "First day"}>
            {(fieldProps) => <Input {...fieldProps} type="date" required />}
          </FormField>
          {!pitch && (
            <FormField form={form} name="ends_on" label="Last day, if there are several">
              {(fieldProps) => <Input {...fieldProps} type="date" />}
            </FormField>
          )}
          <FormField form={form} name="url" label="Link" className="sm:col-span-2">
            {(fieldProps) => <Input {...fieldProps} type="url" placeholder="https://" />}
          </FormField>
          <FormField form={form} name="notes" label="Notes" className="sm:col-span-2">
            {(fieldProps) => <Textarea {...fieldProps} rows={3} />}
          </FormField>
        </div>
        <DialogFooter form={form} submitLabel="Add to the calendar" onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
