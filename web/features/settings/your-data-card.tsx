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
import { t } from "./messages";

const schema = z.object({ email });

/** Export what is stored about the user, and delete the account. */
export function YourDataCard() {
  const [deleting, setDeleting] = useState(false);
  const exportMe = useExportMe();
  return (
    <Card aria-labelledby="your-data-title">
      <CardHeader id="your-data-title" title={t("yourData.title")} />
      <div className="grid gap-4 px-4 pb-4 text-sm">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="min-w-0 flex-1 basis-64 text-muted">{t("yourData.zip")}</p>
          <Button busy={exportMe.isPending} onClick={() => exportMe.mutate(undefined)}>
            {t("yourData.download")}
          </Button>
        </div>
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <p className="min-w-0 flex-1 basis-64 text-muted">{t("yourData.deleting")}</p>
          <Button variant="danger" onClick={() => setDeleting(true)}>
            {t("yourData.delete")}
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
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("yourData.question")}>
      <p className="text-sm text-muted">{t("yourData.final")}</p>
      <Form form={form} className="mt-4 grid gap-4">
        <FormField form={form} name="email" label={t("typeToBeSure", { text: me.user.email })}>
          {(fieldProps) => <Input {...fieldProps} type="email" autoComplete="off" autoFocus required maxLength={254} />}
        </FormField>
        <FormError form={form} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <SubmitButton form={form} variant="danger" size="sm">
            {t("yourData.delete")}
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
