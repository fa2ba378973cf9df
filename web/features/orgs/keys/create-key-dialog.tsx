"use client";

import { useState } from "react";
import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { MadeKey } from "@/lib/api/types";
import { ArtistAccess, accessBody, type Access } from "../members/artist-access";
import { KEY_ROLES, KEY_SCOPES, PUSHING_ROLES } from "./labels";
import { useCreateKey } from "./queries";
import { t } from "../messages";

const schema = z.object({
  name: requiredText(120, () => t("nameMissing")),
  scope: z.enum(KEY_SCOPES),
  role: z.enum(KEY_ROLES),
});

type Props = { onClose: () => void; onCreated: (created: MadeKey) => void };

export function CreateKeyDialog({ onClose, onCreated }: Props) {
  const create = useCreateKey(onCreated);
  const [access, setAccess] = useState<Access>({ artist_access: "all", artists: [], groups: [] });
  const form = useApiForm({
    schema,
    defaultValues: { name: "", scope: "data", role: "analyst" },
    onSubmit: (values) =>
      create.mutateAsync({ artist_ids: [], group_ids: [], ...values, ...accessBody(values.role, access) }),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("keys.create")}>
      <Form form={form}>
        <FormField form={form} name="name" label={t("name")} hint={t("keys.nameHint")}>
          {(fieldProps) => <Input {...fieldProps} required autoFocus maxLength={120} placeholder="n8n" />}
        </FormField>
        <FormField form={form} name="scope" label={t("keys.purpose")} hint={t(`scopes.${form.watch("scope")}.hint`)}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {KEY_SCOPES.map((scope) => (
                <option key={scope} value={scope}>
                  {t(`scopes.${scope}.name`)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <FormField form={form} name="role" label={t("role")} hint={t(`keyRoles.${form.watch("role")}`)}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {KEY_ROLES.map((role) => (
                <option
                  key={role}
                  value={role}
                  disabled={form.watch("scope") === "values:push" && !PUSHING_ROLES.includes(role)}
                >
                  {t(`roles.${role}.name`)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <ArtistAccess role={form.watch("role")} access={access} onChange={setAccess} />
        <DialogFooter form={form} submitLabel={t("keys.make")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
