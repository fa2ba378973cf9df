"use client";

import { useState } from "react";
import type { z } from "zod";
import { CopyText } from "@/components/copy-text";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { type ApiForm, useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { Channel } from "@/lib/api/types";
import { channelSchema, toNewChannel } from "./channel-schema";
import { KINDS } from "./labels";
import { useAddChannel, useChangeChannel } from "./queries";

type Props = {
  /** The channel to change; without it a new one is created. */
  channel?: Channel;
  onClose: () => void;
};

export function ChannelDialog({ channel, onClose }: Props) {
  const [secret, setSecret] = useState<string | null>(null);
  if (secret) return <SigningSecretDialog secret={secret} onClose={onClose} />;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={channel ? "Change the channel" : "Add a channel"}>
      <ChannelForm channel={channel} onClose={onClose} onSecret={setSecret} />
    </Dialog>
  );
}

function SigningSecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="The signing secret"
      description="Give it to the receiver, which checks with it that calls come from here. It is shown only once."
    >
      <CopyText text={secret} label="Signing secret" />
      <div className="mt-5 flex justify-end gap-2">
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}

type Values = z.input<ReturnType<typeof channelSchema>>;
type FormProps = Props & { onSecret: (secret: string) => void };

function ChannelForm({ channel, onClose, onSecret }: FormProps) {
  const add = useAddChannel((secret) => (secret ? onSecret(secret) : onClose()));
  const change = useChangeChannel(onClose);
  const form = useApiForm({
    schema: channelSchema(Boolean(channel)),
    defaultValues: {
      kind: channel?.kind ?? "slack",
      name: channel?.name ?? "",
      address: channel?.target.address ?? "",
      label: channel?.target.label ?? "",
      phone: "",
      url: "",
      secret: "",
    },
    apiFields: { "target.address": "address", "target.phone": "phone", "target.url": "url", "target.label": "label" },
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
      <FormField form={form} name="kind" label="Kind">
        {(fieldProps) => (
          // The kind of an existing channel cannot change.
          <Select {...fieldProps}>
            {Object.entries(KINDS)
              .filter(([kind]) => !channel || kind === channel.kind)
              .map(([kind, { name }]) => (
                <option key={kind} value={kind}>
                  {name}
                </option>
              ))}
          </Select>
        )}
      </FormField>
      <FormField form={form} name="name" label="Name">
        {(fieldProps) => <Input {...fieldProps} required maxLength={120} placeholder="Release team" />}
      </FormField>
      <TargetFields form={form} channel={channel} />
      <DialogFooter form={form} submitLabel={channel ? "Save" : "Add the channel"} onCancel={onClose} />
    </Form>
  );
}

type TargetProps = { form: ApiForm<Values, z.output<ReturnType<typeof channelSchema>>>; channel: Channel | undefined };

/** The fields for the target of this kind of channel. */
function TargetFields({ form, channel }: TargetProps) {
  const kind = form.watch("kind");
  // Encrypted values are not shown again: an empty field keeps the stored one.
  const keep = channel ? "Stored encrypted. Leave it empty to keep the current one." : null;
  if (kind === "email") {
    return (
      <FormField form={form} name="address" label="Address">
        {(fieldProps) => <Input {...fieldProps} type="email" required />}
      </FormField>
    );
  }
  if (kind === "sms") {
    return (
      <FormField
        form={form}
        name="phone"
        label="Phone number"
        hint={keep ?? "With the country code. Stored encrypted and shown masked."}
      >
        {(fieldProps) => (
          <Input
            {...fieldProps}
            type="tel"
            required={!channel}
            placeholder={channel?.target.phone ?? "+4915112345678"}
          />
        )}
      </FormField>
    );
  }
  if (kind === "n8n") {
    return (
      <>
        <FormField
          form={form}
          name="url"
          label="URL of the webhook node"
          hint={keep ?? "Stored encrypted; only the host is shown."}
        >
          {(fieldProps) => (
            <Input
              {...fieldProps}
              type="url"
              required={!channel}
              placeholder={channel?.target.host ?? "https://n8n.example.com/webhook/…"}
            />
          )}
        </FormField>
        <FormField form={form} name="secret" label="Signing secret" hint={keep ?? "Leave it empty to get a new one."}>
          {(fieldProps) => <Input {...fieldProps} type="password" autoComplete="off" />}
        </FormField>
      </>
    );
  }
  return (
    <>
      <FormField
        form={form}
        name="secret"
        label="Incoming webhook URL"
        hint={
          keep ?? "From your Slack app. Stored encrypted. Leave it empty to collect the messages in the local mailbox."
        }
      >
        {(fieldProps) => (
          <Input {...fieldProps} type="password" autoComplete="off" placeholder="https://hooks.slack.com/services/…" />
        )}
      </FormField>
      <FormField form={form} name="label" label="Slack channel" hint="Only shown here; Slack decides by the URL">
        {(fieldProps) => <Input {...fieldProps} placeholder="#releases" maxLength={80} />}
      </FormField>
    </>
  );
}
