"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { optionalDay, optionalText, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import type { Song } from "@/lib/api/types";
import { useChangeSong } from "./queries";

const schema = z.object({
  title: requiredText(500, "Enter a title."),
  version_title: optionalText(200),
  isrc: optionalText(20),
  released_on: optionalDay,
});

/** Edits what ARTi knows of a song itself; what a platform calls it stays. */
export function SongDialog({ song, onClose }: { song: Song; onClose: () => void }) {
  const change = useChangeSong(song.id, onClose);
  const form = useApiForm({
    schema,
    defaultValues: {
      title: song.title,
      version_title: song.version_title ?? "",
      isrc: song.isrc ?? "",
      released_on: song.released_on ?? "",
    },
    onSubmit: ({ version_title, isrc, ...values }) =>
      change.mutateAsync({ ...values, version_title: version_title || null, isrc: isrc || null }),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Edit ${song.title}`}>
      <Form form={form}>
        <FormField form={form} name="title" label="Title">
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={500} />}
        </FormField>
        <FormField form={form} name="version_title" label="Version" hint="Such as Live, or Radio Edit">
          {(fieldProps) => <Input {...fieldProps} maxLength={200} />}
        </FormField>
        <div className="grid grid-cols-2 gap-3">
          <FormField form={form} name="isrc" label="ISRC">
            {(fieldProps) => <Input {...fieldProps} maxLength={20} placeholder="DEA123456789" />}
          </FormField>
          <FormField form={form} name="released_on" label="First released">
            {(fieldProps) => <Input {...fieldProps} type="date" />}
          </FormField>
        </div>
        <DialogFooter form={form} submitLabel="Save" onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
