"use client";

import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Checkbox, Input } from "@/components/ui/field";
import type { SavedView } from "@/lib/api/types";
import { t } from "./messages";
import { contentOf, shownPage, useSaveView } from "./queries";

const schema = z.object({ name: requiredText(120, () => t("dialog.nameMissing")), is_shared: z.boolean() });

/** Saves what is shown as a view, or gives `view` another name and other readers. */
export function ViewDialog({ view, onClose }: { view?: SavedView; onClose: () => void }) {
  const save = useSaveView(view?.id, { onSuccess: onClose });
  const form = useApiForm({
    schema,
    defaultValues: { name: view?.name ?? "", is_shared: view?.is_shared ?? false },
    onSubmit: (values) => save.mutateAsync({ ...(view ? contentOf(view) : shownPage()), ...values }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={view ? t("row.edit", { name: view.name }) : t("menu.save")}
      description={t("hint")}
    >
      <Form form={form}>
        <FormField form={form} name="name" label={t("dialog.name")}>
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={120} />}
        </FormField>
        <div>
          <Checkbox label={t("dialog.share")} {...form.register("is_shared")} />
          <p className="mt-1 text-xs text-muted">{t("dialog.shareHint")}</p>
        </div>
        <FormError form={form} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("dialog.cancel")}</Button>
          <SubmitButton form={form}>{t("dialog.save")}</SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
