"use client";

import { useState } from "react";
import { z } from "zod";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { email, newPassword, optionalText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { ROLE_NAMES, ROLES } from "./labels";
import { useAddMember } from "./queries";

const schema = (invite: boolean) =>
  z.object({
    email,
    display_name: optionalText(120),
    role: z.enum(["admin", "manager", "analyst", "creator"]),
    password: invite ? z.string() : newPassword,
  });

export function AddMemberDialog({ onClose }: { onClose: () => void }) {
  const [access, setAccess] = useState("invite");
  const invite = access === "invite";
  const add = useAddMember(onClose);
  const form = useApiForm({
    schema: schema(invite),
    defaultValues: { email: "", display_name: "", role: "analyst", password: "" },
    onSubmit: (values) => add.mutateAsync({ ...values, password: invite ? null : values.password }),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add a member">
      <Form form={form}>
        <FormField form={form} name="email" label="E-mail">
          {(fieldProps) => <Input {...fieldProps} type="email" required autoFocus maxLength={254} />}
        </FormField>
        <FormField form={form} name="display_name" label="Name">
          {(fieldProps) => <Input {...fieldProps} maxLength={120} />}
        </FormField>
        <FormField form={form} name="role" label="Role" hint={ROLES[form.watch("role")].description}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {ROLE_NAMES.map((role) => (
                <option key={role} value={role}>
                  {ROLES[role].name}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <SegmentedControl
          label="First sign-in"
          value={access}
          onChange={setAccess}
          className="justify-self-start"
          options={[
            { value: "invite", label: "Send an invitation" },
            { value: "password", label: "Set a password" },
          ]}
        />
        {!invite && (
          <FormField
            form={form}
            name="password"
            label="Password"
            hint="At least 8 characters. Pass it on through a safe channel."
          >
            {(fieldProps) => (
              <Input {...fieldProps} type="password" autoComplete="new-password" required maxLength={72} />
            )}
          </FormField>
        )}
        <DialogFooter form={form} submitLabel={invite ? "Send the invitation" : "Add the member"} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
