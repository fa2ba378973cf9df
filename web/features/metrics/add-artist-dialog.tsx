"use client";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { ApiError } from "@/lib/api/error";
import { useAddArtist } from "./queries";

type Props = { onClose: () => void; onAdded: (artist: { id: string }) => void };

export function AddArtistDialog({ onClose, onAdded }: Props) {
  const add = useAddArtist((artist) => {
    onClose();
    onAdded(artist);
  });
  const problem = add.error instanceof ApiError ? add.error : null;
  const of = (field: string) => problem?.fields.find((each) => each.field === field)?.message ?? null;
  const other =
    problem && !["name", "genres", "country"].includes(problem.fields[0]?.field ?? "") ? problem.message : null;

  const submit = (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const genres = text("genres")
      .split(",")
      .map((genre) => genre.trim())
      .filter(Boolean);
    add.mutate({ name: text("name"), genres, country: text("country").toUpperCase() || null });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add an artist"
      description="You connect accounts and import files on the artist’s page."
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        <Field label="Name" error={of("name") ?? other}>
          {(fieldProps) => <Input {...fieldProps} name="name" required autoFocus maxLength={200} />}
        </Field>
        <div className="grid grid-cols-[1fr_112px] gap-3">
          <Field label="Genres" hint="Separated by commas" error={of("genres")}>
            {(fieldProps) => <Input {...fieldProps} name="genres" placeholder="indie pop, dream pop" />}
          </Field>
          <Field label="Country" hint="Two letters" error={of("country")}>
            {(fieldProps) => (
              <Input
                {...fieldProps}
                name="country"
                pattern="[A-Za-z]{2}"
                maxLength={2}
                placeholder="DE"
                title="Two letters, such as DE"
              />
            )}
          </Field>
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending}>
            Add artist
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
