"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import type { Provider } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { useSaveApp } from "./queries";

const schema = z.object({
  client_id: requiredText(500, "Enter the client id."),
  client_secret: requiredText(500, "Enter the client secret."),
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
      title={`Your app on ${providerName(provider)}`}
      description="Register an app in the platform’s developer console, then enter what it shows. Artists give their consent to your app, and its limits are yours alone."
    >
      <Form form={form} autoComplete="off">
        <FormField form={form} name="client_id" label="Client id">
          {(fieldProps) => <Input {...fieldProps} required maxLength={500} />}
        </FormField>
        <FormField
          form={form}
          name="client_secret"
          label="Client secret"
          hint="Encrypted with your master key; nobody can read it back."
        >
          {(fieldProps) => <Input {...fieldProps} type="password" autoComplete="off" required maxLength={500} />}
        </FormField>
        <DialogFooter form={form} submitLabel="Save" onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
