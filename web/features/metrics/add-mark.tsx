"use client";

import { Flag } from "lucide-react";
import { useState } from "react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { isoDay, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useAddMark } from "./queries";

const KINDS = ["release", "campaign", "post", "show", "playlist", "press", "note"] as const;

const schema = z.object({
  title: requiredText(200, "Enter what happened."),
  kind: z.enum(KINDS),
  starts_on: isoDay,
});

/** A button that opens a form for an entry of the calendar: what happened on a day. */
export function AddMark({ artistId, day }: { artistId: string; day: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost">
          <Flag aria-hidden /> Mark a day
        </Button>
      </PopoverTrigger>
      <PopoverContent align="start" aria-label="Mark a day">
        <MarkForm artistId={artistId} day={day} onAdded={() => setOpen(false)} />
      </PopoverContent>
    </Popover>
  );
}

function MarkForm({ artistId, day, onAdded }: { artistId: string; day: string; onAdded: () => void }) {
  const add = useAddMark(artistId, onAdded);
  const form = useApiForm({
    schema,
    defaultValues: { title: "", kind: "release", starts_on: day },
    onSubmit: (values) => add.mutateAsync(values),
  });
  return (
    <Form form={form} className="grid gap-3">
      <FormField form={form} name="title" label="What happened">
        {(fieldProps) => <Input {...fieldProps} required maxLength={200} />}
      </FormField>
      <FormField form={form} name="kind" label="Kind">
        {(fieldProps) => (
          <Select {...fieldProps} className="capitalize">
            {KINDS.map((kind) => (
              <option key={kind}>{kind}</option>
            ))}
          </Select>
        )}
      </FormField>
      <FormField form={form} name="starts_on" label="Day">
        {(fieldProps) => <Input {...fieldProps} type="date" required />}
      </FormField>
      <FormError form={form} />
      <SubmitButton form={form} size="sm">
        Add the mark
      </SubmitButton>
    </Form>
  );
}
