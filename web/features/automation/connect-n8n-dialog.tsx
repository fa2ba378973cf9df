"use client";

import { useState } from "react";
import { useWatch } from "react-hook-form";
import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { components } from "@/lib/api/schema";
import { type CreatedConnection, useConnectN8n } from "./n8n-queries";

type Template = components["schemas"]["WorkflowTemplate"];
type Props = { templates: Template[]; onClose: () => void };

const schema = z.object({
  template: z.enum(["events", "story-to-slack", "failed-account-to-ticket"]),
  name: requiredText(120, "Enter a name."),
});

/** Make a channel, its secret and a workflow in n8n. */
export function ConnectN8nDialog({ templates, onClose }: Props) {
  const [created, setCreated] = useState<CreatedConnection | null>(null);
  const title = created ? "Connected" : "Connect n8n";
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title}>
      {created ? (
        <NextSteps created={created} onClose={onClose} />
      ) : (
        <ConnectForm {...{ templates, onClose, setCreated }} />
      )}
    </Dialog>
  );
}

function ConnectForm({ templates, onClose, setCreated }: Props & { setCreated: (created: CreatedConnection) => void }) {
  const connect = useConnectN8n(setCreated);
  const form = useApiForm({
    schema,
    defaultValues: { template: "events" as const, name: "" },
    onSubmit: (values) => connect.mutateAsync(values),
  });
  const chosen = useWatch({ control: form.control, name: "template" });
  const template = templates.find(({ name }) => name === chosen);
  return (
    <Form form={form} autoComplete="off">
      <FormField form={form} name="template" label="Workflow" hint={template?.summary}>
        {(fieldProps) => (
          <Select {...fieldProps}>
            {templates.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </Select>
        )}
      </FormField>
      <FormField form={form} name="name" label="Name" hint="Of the channel here and of the workflow in n8n">
        {(fieldProps) => <Input {...fieldProps} required maxLength={120} placeholder="Release team" />}
      </FormField>
      <DialogFooter form={form} submitLabel="Connect" onCancel={onClose} />
    </Form>
  );
}

function NextSteps({ created, onClose }: { created: CreatedConnection; onClose: () => void }) {
  return (
    <div className="grid gap-3">
      <p>
        The channel <strong>{created.channel.name}</strong> sends to a workflow in n8n.{" "}
        {created.next_step ?? "It is published. Add a rule that uses the channel, or send a test message."}
      </p>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
