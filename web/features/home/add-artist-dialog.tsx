"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import { useAddArtist } from "./queries";

const schema = z.object({
  name: requiredText(200, "Enter a name."),
  genres: z.string().transform((text) =>
    text
      .split(",")
      .map((genre) => genre.trim())
      .filter(Boolean),
  ),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^([A-Z]{2})?$/, "Enter two letters, such as DE."),
});

type Props = { onClose: () => void; onAdded: (artist: { id: string }) => void };

export function AddArtistDialog({ onClose, onAdded }: Props) {
  const add = useAddArtist((artist) => {
    onClose();
    onAdded(artist);
  });
  const form = useApiForm({
    schema,
    defaultValues: { name: "", genres: "", country: "" },
    onSubmit: ({ country, ...values }) => add.mutateAsync({ ...values, country: country || null }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add an artist"
      description="You connect accounts and import files on the artist’s page."
    >
      <Form form={form}>
        <FormField form={form} name="name" label="Name">
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={200} />}
        </FormField>
        <div className="grid grid-cols-[1fr_112px] gap-3">
          <FormField form={form} name="genres" label="Genres" hint="Separated by commas">
            {(fieldProps) => <Input {...fieldProps} placeholder="indie pop, dream pop" />}
          </FormField>
          <FormField form={form} name="country" label="Country" hint="Two letters">
            {(fieldProps) => <Input {...fieldProps} maxLength={2} placeholder="DE" />}
          </FormField>
        </div>
        <DialogFooter form={form} submitLabel="Add artist" onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
