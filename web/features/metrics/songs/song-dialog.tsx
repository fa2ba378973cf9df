"use client";

import { z } from "zod";
import { DateInput } from "@/components/date-input/date-input";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { optionalDay, optionalText, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import type { Song } from "@/lib/api/types";
import { t } from "./messages";
import { useAddSong, useChangeSong } from "./queries";

const schema = z.object({
  title: requiredText(500, () => t("edit.titleMissing")),
  version_title: optionalText(200),
  isrc: optionalText(20),
  released_on: optionalDay,
});

type Props = { song: Song; onClose: () => void };

/** Edits what ARTi knows of a song itself; what a platform calls it stays. */
export function SongDialog({ song, onClose }: Props) {
  const change = useChangeSong(song.id, onClose);
  return <Fields song={song} title={t("edit.of", { title: song.title })} onClose={onClose} send={change.mutateAsync} />;
}

/** Adds a song of an artist by hand; other credits are added on its page. */
export function AddSongDialog({ artistId, onClose }: { artistId: string; onClose: () => void }) {
  const add = useAddSong(onClose);
  const credits = [{ artist_id: artistId, role: "main" as const }];
  return <Fields title={t("add.title")} onClose={onClose} send={(values) => add.mutateAsync({ ...values, credits })} />;
}

type Values = { title: string; version_title: string | null; isrc: string | null; released_on: string | null };
type FieldsProps = { song?: Song; title: string; onClose: () => void; send: (values: Values) => Promise<unknown> };

function Fields({ song, title, onClose, send }: FieldsProps) {
  const form = useApiForm({
    schema,
    defaultValues: {
      title: song?.title ?? "",
      version_title: song?.version_title ?? "",
      isrc: song?.isrc ?? "",
      released_on: song?.released_on ?? "",
    },
    onSubmit: ({ version_title, isrc, ...values }) =>
      send({ ...values, version_title: version_title || null, isrc: isrc || null }),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title}>
      <Form form={form}>
        <FormField form={form} name="title" label={t("edit.title")}>
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={500} />}
        </FormField>
        <FormField form={form} name="version_title" label={t("edit.version")} hint={t("edit.versionHint")}>
          {(fieldProps) => <Input {...fieldProps} maxLength={200} />}
        </FormField>
        <div className="grid grid-cols-2 gap-3">
          <FormField form={form} name="isrc" label="ISRC">
            {(fieldProps) => <Input {...fieldProps} maxLength={20} placeholder={t("edit.isrcExample")} />}
          </FormField>
          <FormField form={form} name="released_on" label={t("edit.released")}>
            {(fieldProps) => <DateInput {...fieldProps} />}
          </FormField>
        </div>
        <DialogFooter form={form} submitLabel={song ? t("edit.save") : t("add.save")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
