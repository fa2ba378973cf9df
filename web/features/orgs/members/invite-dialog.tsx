"use client";

import { useState } from "react";
import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { email, optionalText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import { useInvite } from "../invitations/queries";
import { ArtistAccess, accessBody, type Access } from "./artist-access";
import { ROLE_NAMES } from "./labels";
import { MoneyAccess } from "./money-access";
import { t } from "../messages";

const schema = z.object({
  email,
  display_name: optionalText(120),
  role: z.enum(["admin", "manager", "analyst", "creator", "guest"]),
});

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [access, setAccess] = useState<Access>({ artist_access: "all", artists: [], groups: [] });
  const [money, setMoney] = useState<boolean | null>(null);
  const invite = useInvite(onClose);
  const form = useApiForm({
    schema,
    defaultValues: { email: "", display_name: "", role: "analyst" },
    onSubmit: (values) =>
      invite.mutateAsync({
        ...values,
        ...accessBody(values.role, access),
        money_access: values.role === "admin" ? null : money,
      }),
  });
  const role = form.watch("role");
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("invite.title")}>
      <Form form={form}>
        <p className="text-sm text-muted">{t("invite.lead")}</p>
        <FormField form={form} name="email" label={t("invite.email")}>
          {(fieldProps) => <Input {...fieldProps} type="email" required autoFocus maxLength={254} />}
        </FormField>
        <FormField form={form} name="display_name" label={t("name")}>
          {(fieldProps) => <Input {...fieldProps} maxLength={120} />}
        </FormField>
        <FormField form={form} name="role" label={t("role")} hint={t(`roles.${role}.hint`)}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {ROLE_NAMES.map((role) => (
                <option key={role} value={role}>
                  {t(`roles.${role}.name`)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <ArtistAccess role={role} access={access} onChange={setAccess} />
        <MoneyAccess role={role} value={money} onChange={setMoney} />
        <DialogFooter form={form} submitLabel={t("invite.send")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
