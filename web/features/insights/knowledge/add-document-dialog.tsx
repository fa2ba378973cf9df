"use client";

import { ArtistSelect } from "@/components/artist-select";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { errorMessage } from "@/lib/api/error";
import { useAddDocument, type NewDocument } from "./queries";

const KINDS: NewDocument["kind"][] = ["note", "press", "brief", "report", "guide"];

export function AddDocumentDialog({ onClose }: { onClose: () => void }) {
  const add = useAddDocument(onClose);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a document"
      description="Plain text or Markdown."
      className="w-[min(640px,calc(100vw-24px))]"
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const text = (name: string) => String(form.get(name) ?? "").trim();
          add.mutate({
            title: text("title"),
            body: text("body"),
            kind: text("kind") as NewDocument["kind"],
            artist_id: text("artist") || null,
            source_url: text("url") || null,
          });
        }}
      >
        <Field label="Title">
          {(fieldProps) => <Input {...fieldProps} name="title" required autoFocus maxLength={300} />}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Kind">
            {(fieldProps) => (
              <Select {...fieldProps} name="kind" className="capitalize">
                {KINDS.map((kind) => (
                  <option key={kind}>{kind}</option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="About">
            {(fieldProps) => <ArtistSelect {...fieldProps} name="artist" none="All artists" />}
          </Field>
        </div>
        <Field label="Text">
          {(fieldProps) => <Textarea {...fieldProps} name="body" required className="min-h-48" maxLength={400000} />}
        </Field>
        <Field label="Source" hint="Where it was found, if anywhere">
          {(fieldProps) => <Input {...fieldProps} name="url" type="url" placeholder="https://…" />}
        </Field>
        {add.error && (
          <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
            {errorMessage(add.error)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
