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
import { t } from "./messages";

type Template = components["schemas"]["WorkflowTemplate"];
type Props = { templates: Template[]; onClose: () => void };

const schema = z.object({
  template: z.enum(["events", "story-to-slack", "failed-account-to-ticket"]),
  name: requiredText(120, () => t("nameMissing")),
});

/** Make a channel, its secret and a workflow in n8n. */
export function ConnectN8nDialog({ templates, onClose }: Props) {
  const [created, setCreated] = useState<CreatedConnection | null>(null);
  const title = created ? t("connect.done") : t("n8n.connect");
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
      <FormField form={form} name="template" label={t("channel.workflow")} hint={template?.summary}>
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
      <FormField form={form} name="name" label={t("name")} hint={t("connect.nameHint")}>
        {(fieldProps) => <Input {...fieldProps} required maxLength={120} placeholder={t("channel.example")} />}
      </FormField>
      <DialogFooter form={form} submitLabel={t("connect.connect")} onCancel={onClose} />
    </Form>
  );
}

function NextSteps({ created, onClose }: { created: CreatedConnection; onClose: () => void }) {
  return (
    <div className="grid gap-3">
      <p>
        {t.rich("connect.sends", {
          name: created.channel.name,
          next: created.next_step ?? t("connect.published"),
          b: (chunks) => <strong>{chunks}</strong>,
        })}
      </p>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onClose}>
          {t("done")}
        </Button>
      </div>
    </div>
  );
}
