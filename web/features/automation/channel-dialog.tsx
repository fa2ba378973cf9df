"use client";

import { useState } from "react";
import { CopyText } from "@/components/copy-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { errorMessage } from "@/lib/api/error";
import type { Channel } from "@/lib/api/types";
import { useAddChannel, useChangeChannel, type NewChannel } from "./queries";
import { KINDS } from "./labels";

type Kind = Channel["kind"];

function read(kind: Kind, form: FormData): NewChannel {
  const text = (name: string) => String(form.get(name) ?? "").trim() || null;
  const name = text("name") ?? "";
  if (kind === "email") return { kind, name, target: { address: text("address") } };
  if (kind === "sms") return { kind, name, target: { phone: text("phone") } };
  if (kind === "n8n") return { kind, name, target: { url: text("url") }, secret: text("secret") };
  return { kind, name, target: { label: text("label") }, secret: text("secret") };
}

type Props = {
  /** Given: this channel is changed, else a new one is made. */
  channel?: Channel;
  onClose: () => void;
};

export function ChannelDialog({ channel, onClose }: Props) {
  const [kind, setKind] = useState<Kind>(channel?.kind ?? "slack");
  const [secret, setSecret] = useState<string | null>(null);
  const add = useAddChannel((made) => (made ? setSecret(made) : onClose()));
  const change = useChangeChannel(onClose);
  const problem = add.error ?? change.error;
  // What is kept sealed is not shown again: an empty field leaves it as it is.
  const sealed = channel ? "Kept sealed. Leave it empty to keep the one there is." : null;

  const submit = (form: FormData) => {
    const params = read(kind, form);
    if (!channel) return add.mutate(params);
    const target = Object.fromEntries(Object.entries(params.target ?? {}).filter(([, value]) => value !== null));
    change.mutate({
      id: channel.id,
      name: params.name,
      ...(Object.keys(target).length > 0 ? { target } : {}),
      ...(params.secret ? { secret: params.secret } : {}),
    });
  };

  if (secret) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title="The signing secret"
        description="Give it to the receiver, so that it can check that calls come from here. It is shown this once only."
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
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={channel ? "Change the channel" : "Add a channel"}>
      <form
        className="grid gap-4"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        <Field label="Kind">
          {(fieldProps) => (
            <Select
              {...fieldProps}
              value={kind}
              disabled={Boolean(channel)}
              onChange={(event) => setKind(event.target.value as Kind)}
            >
              {Object.entries(KINDS).map(([each, { name }]) => (
                <option key={each} value={each}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Name">
          {(fieldProps) => (
            <Input
              {...fieldProps}
              name="name"
              defaultValue={channel?.name}
              required
              maxLength={120}
              placeholder="Release team"
            />
          )}
        </Field>
        {kind === "email" && (
          <Field label="Address">
            {(fieldProps) => (
              <Input
                {...fieldProps}
                name="address"
                type="email"
                defaultValue={channel?.target.address ?? ""}
                required
              />
            )}
          </Field>
        )}
        {kind === "sms" && (
          <Field label="Phone number" hint={sealed ?? "With the country code. Kept sealed; shown masked."}>
            {(fieldProps) => (
              <Input
                {...fieldProps}
                name="phone"
                type="tel"
                required={!channel}
                pattern="\+[0-9]{6,15}"
                placeholder={channel?.target.phone ?? "+4915112345678"}
                title="+ and digits only"
              />
            )}
          </Field>
        )}
        {kind === "slack" && (
          <>
            <Field
              label="Incoming webhook URL"
              hint={
                sealed ?? "From your Slack app. Kept sealed; leave it empty to collect the messages in the mailbox."
              }
            >
              {(fieldProps) => (
                <Input
                  {...fieldProps}
                  name="secret"
                  type="password"
                  autoComplete="off"
                  placeholder="https://hooks.slack.com/services/…"
                />
              )}
            </Field>
            <Field label="Slack channel" hint="Shown only">
              {(fieldProps) => (
                <Input
                  {...fieldProps}
                  name="label"
                  defaultValue={channel?.target.label ?? ""}
                  placeholder="#releases"
                  maxLength={80}
                />
              )}
            </Field>
          </>
        )}
        {kind === "n8n" && (
          <>
            <Field label="URL of the webhook node" hint={sealed ?? "Kept sealed; only the host is shown."}>
              {(fieldProps) => (
                <Input
                  {...fieldProps}
                  name="url"
                  type="url"
                  required={!channel}
                  placeholder={channel?.target.host ?? "https://n8n.example.com/webhook/…"}
                />
              )}
            </Field>
            <Field label="Signing secret" hint={sealed ?? "Leave it empty, and one is made for you."}>
              {(fieldProps) => <Input {...fieldProps} name="secret" type="password" autoComplete="off" />}
            </Field>
          </>
        )}
        {problem && (
          <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
            {errorMessage(problem)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending || change.isPending}>
            {channel ? "Save" : "Add the channel"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
