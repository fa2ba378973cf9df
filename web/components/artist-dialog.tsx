"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import { call } from "@/lib/api/client";
import { useApiMutation } from "@/lib/api/queries";
import type { Artist } from "@/lib/api/types";

const list = (text: string) =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);

const schema = z.object({
  name: requiredText(200, "Enter a name."),
  genres: z.string().transform(list),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^([A-Z]{2})?$/, "Enter two letters, such as DE.")
    .transform((text) => text || null),
  aliases: z.string().transform(list),
  tags: z.string().transform(list),
});

type Props = {
  /** The artist to edit; without one an artist is added. */
  artist?: Artist;
  onClose: () => void;
  onSaved?: (artist: { id: string }) => void;
};

/** Adds an artist, or edits one. */
export function ArtistDialog({ artist, onClose, onSaved }: Props) {
  const save = useApiMutation(
    (body: z.output<typeof schema>) =>
      call((client) =>
        artist
          ? client.PATCH("/api/artists/{artist_id}", { params: { path: { artist_id: artist.id } }, body })
          : client.POST("/api/artists", { body }),
      ),
    {
      invalidates: [["artists"], ["home"]],
      successMessage: ({ name }) => (artist ? "Saved" : `${name} is on the roster`),
      onSuccess: (saved) => {
        onClose();
        onSaved?.(saved);
      },
      silent: true,
    },
  );
  const form = useApiForm({
    schema,
    defaultValues: {
      name: artist?.name ?? "",
      genres: artist?.genres.join(", ") ?? "",
      country: artist?.country ?? "",
      aliases: artist?.aliases.join(", ") ?? "",
      tags: artist?.tags.join(", ") ?? "",
    },
    onSubmit: (values) => save.mutateAsync(values),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={artist ? `Edit ${artist.name}` : "Add an artist"}
      description={artist ? undefined : "You connect accounts and import files on the artist’s page."}
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
        <FormField
          form={form}
          name="aliases"
          label="Also known as"
          hint="In files and on platforms, separated by commas"
        >
          {(fieldProps) => <Input {...fieldProps} />}
        </FormField>
        <FormField form={form} name="tags" label="Tags" hint="Separated by commas; to filter the roster">
          {(fieldProps) => <Input {...fieldProps} />}
        </FormField>
        <DialogFooter form={form} submitLabel={artist ? "Save" : "Add artist"} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
