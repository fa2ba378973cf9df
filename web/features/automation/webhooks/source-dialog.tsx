"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { CreatedWebhookSource } from "@/lib/api/types";
import { useSaveWebhookSource, type SourceName } from "./queries";
import { t } from "../messages";

const schema = z.object({
  source: z.enum(["n8n", "slack", "meta", "custom"]),
  secret: z
    .string()
    .trim()
    .max(200, { error: () => t("sender.tooLong") }),
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
  const sender = form.watch("source");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={source ? t("sender.replaceTitle", { name: t(`senders.${source}`) }) : t("sender.addTitle")}
      description={source ? t("sender.replaceHint") : undefined}
    >
      <Form form={form}>
        {!source && (
          <FormField form={form} name="source" label={t("webhooks.add")}>
            {(fieldProps) => (
              <Select {...fieldProps}>
                {choices.map((name) => (
                  <option key={name} value={name}>
                    {t(`senders.${name}`)}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
        )}
        {sender === "slack" || sender === "meta" ? (
          <FormField form={form} name="secret" label={t("secret.secret")} hint={t(`senderSecrets.${sender}`)}>
            {(fieldProps) => <Input {...fieldProps} required autoComplete="off" maxLength={200} />}
          </FormField>
        ) : (
          <p className="text-sm text-muted">{t("sender.made")}</p>
        )}
        <DialogFooter form={form} submitLabel={source ? t("sender.replace") : t("sender.add")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
