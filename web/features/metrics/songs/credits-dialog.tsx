"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { ArtistPicker } from "@/components/artist-picker";
import { DialogFooter, Form } from "@/components/form/form";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import type { Song } from "@/lib/api/types";
import { useArtistNames } from "@/lib/artist-names";
import { z } from "zod";
import { t } from "./messages";
import { useReplaceCredits } from "./queries";

type Credit = Song["credits"][number];

const ROLES = ["main", "featured", "remixer", "producer"] as const satisfies Credit["role"][];

/** Who made a song, and as what: artists of the roster, and names of others. */
export function CreditsDialog({ song, onClose }: { song: Song; onClose: () => void }) {
  const [credits, setCredits] = useState<Credit[]>(song.credits);
  const [name, setName] = useState("");
  const names = new Map(useArtistNames().data?.map((artist) => [artist.id, artist.name]));
  const save = useReplaceCredits(song.id, onClose);
  const form = useApiForm({
    schema: z.object({}),
    defaultValues: {},
    onSubmit: () =>
      save.mutateAsync(
        credits.map(({ artist_id, name, role }) => ({ artist_id, name: artist_id ? null : name, role })),
      ),
  });
  const add = (credit: Credit) =>
    setCredits((now) =>
      now.some((each) => each.name === credit.name && each.role === credit.role) ? now : [...now, credit],
    );
  const addName = () => {
    if (name.trim()) add({ artist_id: null, name: name.trim(), role: "featured" });
    setName("");
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("credits.title", { title: song.title })}
      description={t("credits.note")}
    >
      <Form form={form}>
        <ul className="grid gap-2">
          {credits.map((credit, at) => (
            <li key={`${credit.artist_id} ${credit.name} ${credit.role}`} className="flex items-center gap-2">
              <span className="min-w-0 flex-1 truncate font-medium">{credit.name}</span>
              <Select
                aria-label={t("credits.role", { name: credit.name })}
                className="w-36"
                value={credit.role}
                onChange={(event) => {
                  const role = event.target.value as Credit["role"];
                  setCredits((now) => now.map((each, index) => (index === at ? { ...each, role } : each)));
                }}
              >
                {ROLES.map((role) => (
                  <option key={role} value={role}>
                    {t(`creditRoles.${role}`)}
                  </option>
                ))}
              </Select>
              <Button
                variant="ghost"
                size="icon"
                aria-label={t("credits.off", { name: credit.name })}
                onClick={() => setCredits((now) => now.filter((_, index) => index !== at))}
              >
                <X aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label={t("credits.roster")}>
            {(fieldProps) => (
              <ArtistPicker
                key={credits.length}
                {...fieldProps}
                value=""
                onChange={(id) => id && add({ artist_id: id, name: names.get(id) ?? "", role: "featured" })}
              />
            )}
          </Field>
          <Field label={t("credits.other")}>
            {(fieldProps) => (
              <span className="flex gap-2">
                <Input
                  {...fieldProps}
                  maxLength={200}
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                  onKeyDown={(event) => {
                    if (event.key !== "Enter" || !name.trim()) return;
                    event.preventDefault(); // adds the name instead of saving the dialog
                    addName();
                  }}
                />
                <Button size="md" onClick={addName}>
                  {t("credits.add")}
                </Button>
              </span>
            )}
          </Field>
        </div>
        <DialogFooter form={form} submitLabel={t("edit.save")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
