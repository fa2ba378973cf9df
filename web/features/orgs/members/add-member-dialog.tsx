"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { ApiError } from "@/lib/api/error";
import type { Role } from "@/lib/api/types";
import { useAddMember } from "./queries";
import { ROLE_NAMES, ROLES } from "./labels";

export function AddMemberDialog({ onClose }: { onClose: () => void }) {
  const [how, setHow] = useState("invite");
  const [role, setRole] = useState<Role>("analyst");
  const add = useAddMember(onClose);
  const problem = add.error instanceof ApiError ? add.error : null;
  const of = (field: string) => problem?.fields.find((each) => each.field === field)?.message ?? null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add a member">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          add.mutate({
            email: String(form.get("email")),
            display_name: String(form.get("name") ?? ""),
            role,
            password: how === "password" ? String(form.get("password")) : null,
          });
        }}
      >
        <Field label="E-mail" error={of("email") ?? (problem && problem.fields.length === 0 ? problem.message : null)}>
          {(fieldProps) => <Input {...fieldProps} name="email" type="email" required autoFocus maxLength={254} />}
        </Field>
        <Field label="Name">{(fieldProps) => <Input {...fieldProps} name="name" maxLength={120} />}</Field>
        <Field label="Role" hint={ROLES[role].may}>
          {(fieldProps) => (
            <Select {...fieldProps} value={role} onChange={(event) => setRole(event.target.value as Role)}>
              {ROLE_NAMES.map((each) => (
                <option key={each} value={each}>
                  {ROLES[each].name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <SegmentedControl
          label="How they get in"
          value={how}
          onChange={setHow}
          className="justify-self-start"
          options={[
            { value: "invite", label: "Send an invitation" },
            { value: "password", label: "Set a password" },
          ]}
        />
        {how === "password" && (
          <Field label="Password" hint="At least 8 characters. Pass it on in a safe way." error={of("password")}>
            {(fieldProps) => (
              <Input
                {...fieldProps}
                name="password"
                type="password"
                autoComplete="new-password"
                required
                minLength={8}
                maxLength={72}
              />
            )}
          </Field>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending}>
            {how === "invite" ? "Send the invitation" : "Add the member"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
