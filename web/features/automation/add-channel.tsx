"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { sentence } from "@/lib/api/error";
import type { Channel } from "@/lib/api/types";
import { useAddChannel, type NewChannel } from "./queries";
import { KINDS } from "./words";

type Kind = Channel["kind"];

function read(kind: Kind, form: FormData): NewChannel {
  const text = (name: string) => String(form.get(name) ?? "").trim() || null;
  const name = text("name") ?? "";
  if (kind === "email") return { kind, name, target: { address: text("address") } };
  if (kind === "sms") return { kind, name, target: { phone: text("phone") } };
  if (kind === "n8n") return { kind, name, target: { url: text("url") }, secret: text("secret") };
  return { kind, name, target: { label: text("label") }, secret: text("secret") };
}

export function AddChannel({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<Kind>("slack");
  const [secret, setSecret] = useState<string | null>(null);
  const add = useAddChannel((made) => (made ? setSecret(made) : onClose()));
  if (secret) {
    return (
      <Dialog open onOpenChange={(open) => !open && onClose()} title="The signing secret" description="Give it to the receiver, so that it can check that calls come from here. It is shown this once only.">
        <code className="block rounded-md border border-line bg-sunken p-3 text-sm break-all">{secret}</code>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={() => void navigator.clipboard.writeText(secret)}>Copy</Button>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add a channel">
      <form
        className="grid gap-4"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(read(kind, new FormData(event.currentTarget)));
        }}
      >
        <Field label="Kind">
          {(wiring) => (
            <Select {...wiring} value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
              {Object.entries(KINDS).map(([each, { name }]) => (
                <option key={each} value={each}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Name">{(wiring) => <Input {...wiring} name="name" required maxLength={120} placeholder="Release team" />}</Field>
        {kind === "email" && <Field label="Address">{(wiring) => <Input {...wiring} name="address" type="email" required />}</Field>}
        {kind === "sms" && (
          <Field label="Phone number" hint="With the country code. Kept sealed; shown masked.">
            {(wiring) => <Input {...wiring} name="phone" type="tel" required pattern="\+[0-9]{6,15}" placeholder="+4915112345678" title="+ and digits only" />}
          </Field>
        )}
        {kind === "slack" && (
          <>
            <Field label="Incoming webhook URL" hint="From your Slack app. Kept sealed; leave it empty to collect the messages in the mailbox.">
              {(wiring) => <Input {...wiring} name="secret" type="password" autoComplete="off" placeholder="https://hooks.slack.com/services/…" />}
            </Field>
            <Field label="Slack channel" hint="Shown only">{(wiring) => <Input {...wiring} name="label" placeholder="#releases" maxLength={80} />}</Field>
          </>
        )}
        {kind === "n8n" && (
          <>
            <Field label="URL of the webhook node" hint="Kept sealed; only the host is shown.">
              {(wiring) => <Input {...wiring} name="url" type="url" required placeholder="https://n8n.example.com/webhook/…" />}
            </Field>
            <Field label="Signing secret" hint="Leave it empty, and one is made for you.">
              {(wiring) => <Input {...wiring} name="secret" type="password" autoComplete="off" />}
            </Field>
          </>
        )}
        {add.error && (
          <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
            {sentence(add.error)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending}>
            Add the channel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
