"use client";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import type { Provider } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { useSaveApp } from "./queries";

/** The organisation's own OAuth app at a platform. */
export function ProviderAppDialog({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const save = useSaveApp(onClose);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Your app at ${providerName(provider)}`}
      description="Register an app in the platform’s developer console, then enter what it shows. Consents are given to your app, and its limits are yours alone."
    >
      <form
        className="grid gap-4"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          save.mutate({ provider, client_id: String(form.get("id")), client_secret: String(form.get("secret")) });
        }}
      >
        <Field label="Client id">{(fieldProps) => <Input {...fieldProps} name="id" required maxLength={500} />}</Field>
        <Field label="Client secret" hint="Sealed with your master key; nobody can read it back.">
          {(fieldProps) => (
            <Input {...fieldProps} name="secret" type="password" autoComplete="off" required maxLength={500} />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
