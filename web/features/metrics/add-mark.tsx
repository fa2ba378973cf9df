"use client";

import { Flag } from "lucide-react";
import { useState } from "react";
import { z } from "zod";
import { DateInput } from "@/components/date-input/date-input";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { isoDay, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { t } from "./messages";
import { useAddMark } from "./queries";

const KINDS = ["release", "campaign", "post", "show", "playlist", "press", "note"] as const;

const schema = z.object({
  title: requiredText(200, () => t("marks.whatMissing")),
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
          <Flag aria-hidden /> {t("marks.mark")}
        </Button>
      </PopoverTrigger>
      <PopoverContent align="start" aria-label={t("marks.mark")}>
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
      <FormField form={form} name="title" label={t("marks.what")}>
        {(fieldProps) => <Input {...fieldProps} required maxLength={200} />}
      </FormField>
      <FormField form={form} name="kind" label={t("marks.kind")}>
        {(fieldProps) => (
          <Select {...fieldProps} className="capitalize">
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`markKinds.${kind}`)}
              </option>
            ))}
          </Select>
        )}
      </FormField>
      <FormField form={form} name="starts_on" label={t("marks.day")}>
        {(fieldProps) => <DateInput {...fieldProps} required />}
      </FormField>
      <FormError form={form} />
      <SubmitButton form={form} size="sm">
        {t("marks.add")}
      </SubmitButton>
    </Form>
  );
}
