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
import { t } from "@/components/messages";

const list = (text: string) =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);

const schema = z.object({
  name: requiredText(200, () => t("artist.nameMissing")),
  genres: z.string().transform(list),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^([A-Z]{2})?$/, { error: () => t("artist.countryWrong") })
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
      successMessage: ({ name }) => (artist ? t("saved") : t("artist.added", { name })),
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
      title={artist ? t("artist.edit", { name: artist.name }) : t("artist.add")}
      description={artist ? undefined : t("artist.lead")}
    >
      <Form form={form}>
        <FormField form={form} name="name" label={t("artist.name")}>
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={200} />}
        </FormField>
        <div className="grid grid-cols-[1fr_112px] gap-3">
          <FormField form={form} name="genres" label={t("artist.genres")} hint={t("artist.commas")}>
            {(fieldProps) => <Input {...fieldProps} placeholder={t("artist.genresExample")} />}
          </FormField>
          <FormField form={form} name="country" label={t("artist.country")} hint={t("artist.twoLetters")}>
            {(fieldProps) => <Input {...fieldProps} maxLength={2} placeholder="DE" />}
          </FormField>
        </div>
        <FormField form={form} name="aliases" label={t("artist.aliases")} hint={t("artist.aliasesHint")}>
          {(fieldProps) => <Input {...fieldProps} />}
        </FormField>
        <FormField form={form} name="tags" label={t("artist.tags")} hint={t("artist.tagsHint")}>
          {(fieldProps) => <Input {...fieldProps} />}
        </FormField>
        <DialogFooter form={form} submitLabel={artist ? t("actions.save") : t("artist.submit")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
