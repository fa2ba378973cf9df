"use client";

import { useState } from "react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { email } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import { useSession } from "@/lib/session/context";
import { useEraseMe, useExportMe } from "./data-queries";

const schema = z.object({ email });

/** Export what is stored about the user, and delete the account. */
export function YourDataCard() {
  const [deleting, setDeleting] = useState(false);
  const exportMe = useExportMe();
  return (
    <Card aria-labelledby="your-data-title">
      <CardHeader id="your-data-title" title="Your data" />
      <div className="grid gap-4 px-4 pb-4 text-sm">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="min-w-0 flex-1 basis-64 text-muted">
            A zip with what is stored about you: your account, your sign-ins, your memberships, and what you did.
          </p>
          <Button busy={exportMe.isPending} onClick={() => exportMe.mutate(undefined)}>
            Download my data
          </Button>
        </div>
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <p className="min-w-0 flex-1 basis-64 text-muted">
            Deleting your account removes your name, your address and your sign-ins from everywhere, at once. What you
            wrote in an organisation stays there, as that of a former member.
          </p>
          <Button variant="danger" onClick={() => setDeleting(true)}>
            Delete my account
          </Button>
        </div>
      </div>
      {deleting && <DeleteAccountDialog onClose={() => setDeleting(false)} />}
    </Card>
  );
}

function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const { me } = useSession();
  const erase = useEraseMe();
  const form = useApiForm({
    schema,
    defaultValues: { email: "" },
    defaultField: "email",
    onSubmit: (values) => erase.mutateAsync(values.email),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Delete your account?">
      <p className="text-sm text-muted">
        Your account is deleted at once and cannot be brought back. If you are the only admin of an organisation, make
        somebody else an admin there first, or delete it.
      </p>
      <Form form={form} className="mt-4 grid gap-4">
        <FormField form={form} name="email" label={`Type ${me.user.email} to be sure`}>
          {(fieldProps) => <Input {...fieldProps} type="email" autoComplete="off" autoFocus required maxLength={254} />}
        </FormField>
        <FormError form={form} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <SubmitButton form={form} variant="danger" size="sm">
            Delete my account
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
