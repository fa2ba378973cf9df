"use client";

import { useState } from "react";
import { CopyText } from "@/components/copy-text";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { Channel } from "@/lib/api/types";
import { channelSchema, toNewChannel } from "./channel-schema";
import { TargetFields } from "./channel-target-fields";
import { KINDS } from "./labels";
import { useAddChannel, useChangeChannel } from "./queries";
import { t } from "./messages";

type Props = {
  /** The channel to change; without it a new one is created. */
  channel?: Channel;
  onClose: () => void;
};

export function ChannelDialog({ channel, onClose }: Props) {
  const [secret, setSecret] = useState<string | null>(null);
  if (secret) return <SigningSecretDialog secret={secret} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={channel ? t("channel.changeTitle") : t("channel.addTitle")}
    >
      <ChannelForm channel={channel} onClose={onClose} onSecret={setSecret} />
    </Dialog>
  );
}

function SigningSecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("channel.secretTitle")}
      description={t("channel.secretHint")}
    >
      <CopyText text={secret} label={t("channel.secret")} />
      <div className="mt-5 flex justify-end gap-2">
        <Button variant="primary" onClick={onClose}>
          {t("done")}
        </Button>
      </div>
    </Dialog>
  );
}

type FormProps = Props & { onSecret: (secret: string) => void };

function ChannelForm({ channel, onClose, onSecret }: FormProps) {
  const add = useAddChannel((secret) => (secret ? onSecret(secret) : onClose()));
  const change = useChangeChannel(onClose);
  const form = useApiForm({
    schema: channelSchema(Boolean(channel) && !channel?.target.workflow_id),
    defaultValues: {
      kind: channel?.kind ?? "slack",
      name: channel?.name ?? "",
      address: channel?.target.address ?? "",
      label: channel?.target.label ?? "",
      phone: "",
      url: "",
      workflowId: channel?.target.workflow_id ?? "",
      secret: "",
    },
    apiFields: {
      "target.address": "address",
      "target.phone": "phone",
      "target.url": "url",
      "target.label": "label",
      "target.workflow_id": "workflowId",
    },
    onSubmit: async (values) => {
      const created = toNewChannel(values);
      if (!channel) return add.mutateAsync(created);
      const target = Object.fromEntries(Object.entries(created.target ?? {}).filter(([, value]) => value !== null));
      return change.mutateAsync({
        id: channel.id,
        name: created.name,
        ...(Object.keys(target).length > 0 ? { target } : {}),
        ...(created.secret ? { secret: created.secret } : {}),
      });
    },
  });
  return (
    <Form form={form} autoComplete="off">
      <FormField form={form} name="kind" label={t("channel.kind")}>
        {(fieldProps) => (
          // The kind of an existing channel cannot change.
          <Select {...fieldProps}>
            {KINDS.filter((kind) => !channel || kind === channel.kind).map((kind) => (
              <option key={kind} value={kind}>
                {t(`kinds.${kind}`)}
              </option>
            ))}
          </Select>
        )}
      </FormField>
      <FormField form={form} name="name" label={t("name")}>
        {(fieldProps) => <Input {...fieldProps} required maxLength={120} placeholder={t("channel.example")} />}
      </FormField>
      <TargetFields form={form} channel={channel} />
      <DialogFooter form={form} submitLabel={channel ? t("save") : t("channel.add")} onCancel={onClose} />
    </Form>
  );
}
