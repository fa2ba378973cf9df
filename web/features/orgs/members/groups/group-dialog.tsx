"use client";

import { useState } from "react";
import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import type { ArtistGroup, ListedItem } from "@/lib/api/types";
import { ArtistPicker } from "../artist-picker";
import { useSaveGroup } from "./queries";
import { t } from "../../messages";

const schema = z.object({ name: requiredText(120, () => t("nameMissing")) });

type Props = { group: ArtistGroup | null; onClose: () => void };

/** Create or change a group of artists. */
export function GroupDialog({ group, onClose }: Props) {
  const [artists, setArtists] = useState<ListedItem[]>(group?.artists ?? []);
  const save = useSaveGroup(onClose);
  const form = useApiForm({
    schema,
    defaultValues: { name: group?.name ?? "" },
    onSubmit: ({ name }) =>
      save.mutateAsync({ id: group?.id ?? null, name, artist_ids: artists.map((artist) => artist.id) }),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={group ? t("groups.change") : t("groups.add")}>
      <Form form={form}>
        <FormField form={form} name="name" label={t("name")}>
          {(fieldProps) => (
            <Input {...fieldProps} required autoFocus maxLength={120} placeholder={t("groups.example")} />
          )}
        </FormField>
        <ArtistPicker label={t("artists")} chosen={artists} onChange={setArtists} />
        <DialogFooter form={form} submitLabel={t("groups.save")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
