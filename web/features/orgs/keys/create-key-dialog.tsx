"use client";

import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { MadeKey } from "@/lib/api/types";
import { KEY_ROLE_LABELS, KEY_ROLES } from "./labels";
import { useCreateKey } from "./queries";

const schema = z.object({ name: requiredText(120, "Enter a name."), role: z.enum(KEY_ROLES) });

type Props = { onClose: () => void; onCreated: (created: MadeKey) => void };

export function CreateKeyDialog({ onClose, onCreated }: Props) {
  const create = useCreateKey(onCreated);
  const form = useApiForm({
    schema,
    defaultValues: { name: "", role: "analyst" },
    onSubmit: (values) => create.mutateAsync(values),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Create a key">
      <Form form={form}>
        <FormField form={form} name="name" label="Name" hint="What uses it, so that you know which one to revoke.">
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={120} placeholder="n8n" />}
        </FormField>
        <FormField form={form} name="role" label="Role" hint={KEY_ROLE_LABELS[form.watch("role")]?.description}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {KEY_ROLES.map((role) => (
                <option key={role} value={role}>
                  {KEY_ROLE_LABELS[role]?.name}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <DialogFooter form={form} submitLabel="Create the key" onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
