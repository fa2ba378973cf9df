"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { CreatedWebhookSource } from "@/lib/api/types";
import { useSaveWebhookSource, type SourceName } from "./queries";
import { SENDERS } from "./words";

const schema = z.object({
  source: z.enum(["n8n", "slack", "meta", "custom"]),
  secret: z.string().trim().max(200, "Use at most 200 characters."),
});

type Props = {
  /** Whose secret is replaced; null: a new sender, one of `choices`. */
  source: SourceName | null;
  choices: SourceName[];
  onClose: () => void;
  onSaved: (source: CreatedWebhookSource) => void;
};

/** Add a sender, or replace its secret. Slack and Meta have a secret; for others ARTi makes one. */
export function SourceDialog({ source, choices, onClose, onSaved }: Props) {
  const save = useSaveWebhookSource(onSaved);
  const form = useApiForm({
    schema,
    defaultValues: { source: source ?? choices[0] ?? "custom", secret: "" },
    onSubmit: ({ source: name, secret }) => save.mutateAsync({ source: name, secret: secret || null }),
  });
  const sender = SENDERS[form.watch("source")];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={source ? `Replace the secret of ${sender.name}` : "Add a sender"}
      description={source ? "The secret of today stays valid for a day, so that no call is lost." : undefined}
    >
      <Form form={form}>
        {!source && (
          <FormField form={form} name="source" label="Sender">
            {(fieldProps) => (
              <Select {...fieldProps}>
                {choices.map((name) => (
                  <option key={name} value={name}>
                    {SENDERS[name].name}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
        )}
        {sender.secret ? (
          <FormField form={form} name="secret" label="Secret" hint={sender.secret}>
            {(fieldProps) => <Input {...fieldProps} required autoComplete="off" maxLength={200} />}
          </FormField>
        ) : (
          <p className="text-sm text-muted">ARTi makes the secret and shows it once.</p>
        )}
        <DialogFooter form={form} submitLabel={source ? "Replace" : "Add"} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
