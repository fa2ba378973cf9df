"use client";

import type { Factor } from "@supabase/supabase-js";
import { useState } from "react";
import { CodeField } from "@/components/code-field";
import { CopyText } from "@/components/copy-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { errorMessage } from "@/lib/api/error";
import { useApiMutation } from "@/lib/api/queries";
import { verifyFactor, enrollFactor, unenrollFactor, type Enrollment } from "./queries";

type Props = { unfinished: Factor[]; taken: Factor[]; onClose: () => void };

function freeName(taken: Factor[]): string {
  const names = new Set(taken.map((factor) => factor.friendly_name));
  for (let count = 1; ; count++) {
    const name = count === 1 ? "My phone" : `My phone ${count}`;
    if (!names.has(name)) return name;
  }
}

/** Set up an authenticator app: name it, scan the code, prove it with a first code. */
export function AddDeviceDialog({ unfinished, taken, onClose }: Props) {
  const [begun, setBegun] = useState<Enrollment | null>(null);
  const begin = useApiMutation(
    async (name: string) => {
      // One that was never proven holds its name and its place.
      await Promise.all(unfinished.map((factor) => unenrollFactor(factor.id)));
      return enrollFactor(name);
    },
    { invalidates: [], onSuccess: setBegun, silent: true },
  );
  const confirm = useApiMutation((code: string) => verifyFactor(begun?.id ?? "", code), {
    invalidates: [["account"]],
    successMessage: "Two-step verification is on. Your other devices sign in again",
    onSuccess: onClose,
    silent: true,
  });
  const close = () => {
    if (begun && !confirm.isSuccess) void unenrollFactor(begun.id).catch(() => undefined);
    onClose();
  };
  return (
    <Dialog open onOpenChange={(open) => !open && close()} title={begun ? "Scan this with your app" : "Add a device"}>
      {!begun ? (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            begin.mutate(String(new FormData(event.currentTarget).get("name")).trim());
          }}
        >
          <p className="text-sm text-muted">
            You need an authenticator app on your phone, such as Aegis, 2FAS, Google Authenticator, or the one of your
            password manager.
          </p>
          <Field label="Name of the device" error={begin.error ? errorMessage(begin.error) : null}>
            {(fieldProps) => (
              <Input {...fieldProps} name="name" defaultValue={freeName(taken)} required maxLength={60} autoFocus />
            )}
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" busy={begin.isPending}>
              Go on
            </Button>
          </div>
        </form>
      ) : (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            confirm.mutate(String(new FormData(event.currentTarget).get("code")));
          }}
        >
          <div className="flex flex-wrap items-center gap-5">
            {/* White in both themes: cameras read dark on light. */}
            <img
              src={begun.qr}
              alt="QR code for your authenticator app"
              className="size-40 rounded-md border border-line bg-white p-2"
            />
            <div className="min-w-0 flex-1 basis-44">
              <p className="text-sm text-muted">No camera? Type this key into the app instead:</p>
              <CopyText text={begun.secret} label="Key" className="mt-2" />
            </div>
          </div>
          <CodeField
            label="Code that the app shows"
            autoFocus
            error={confirm.error ? errorMessage(confirm.error) : null}
            onFull={(form) => form.requestSubmit()}
          />
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" busy={confirm.isPending}>
              Turn it on
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
