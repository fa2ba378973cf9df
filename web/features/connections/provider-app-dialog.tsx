"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import type { Provider } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { t } from "./messages";
import { useSaveApp } from "./queries";

const schema = z.object({
  client_id: requiredText(500, () => t("app.idMissing")),
  client_secret: requiredText(500, () => t("app.secretMissing")),
});

/** The organisation's own OAuth app on a platform. */
export function ProviderAppDialog({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const save = useSaveApp(onClose);
  const form = useApiForm({
    schema,
    defaultValues: { client_id: "", client_secret: "" },
    onSubmit: (values) => save.mutateAsync({ provider, ...values }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("app.title", { platform: providerName(provider) })}
      description={t("app.hint")}
    >
      <Form form={form} autoComplete="off">
        <FormField form={form} name="client_id" label={t("app.id")}>
          {(fieldProps) => <Input {...fieldProps} required maxLength={500} />}
        </FormField>
        <FormField form={form} name="client_secret" label={t("app.secret")} hint={t("app.secretHint")}>
          {(fieldProps) => <Input {...fieldProps} type="password" autoComplete="off" required maxLength={500} />}
        </FormField>
        <DialogFooter form={form} submitLabel={t("app.save")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
