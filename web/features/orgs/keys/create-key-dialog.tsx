"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { ApiError } from "@/lib/api/error";
import type { MadeKey, NewKey } from "@/lib/api/types";
import { useCreateKey } from "./queries";
import { KEY_ROLES, KEY_ROLE_LABELS } from "./labels";

export function CreateKeyDialog({ onClose, onMade }: { onClose: () => void; onMade: (made: MadeKey) => void }) {
  const [role, setRole] = useState<NewKey["role"]>("analyst");
  const make = useCreateKey(onMade);
  const problem = make.error instanceof ApiError ? make.error : null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Make a key">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ name: String(new FormData(event.currentTarget).get("name")).trim(), role });
        }}
      >
        <Field label="Name" hint="What uses it, so that you know which one to revoke." error={problem?.message}>
          {(fieldProps) => <Input {...fieldProps} name="name" required autoFocus maxLength={120} placeholder="n8n" />}
        </Field>
        <Field label="Role" hint={KEY_ROLE_LABELS[role]?.may}>
          {(fieldProps) => (
            <Select {...fieldProps} value={role} onChange={(event) => setRole(event.target.value as NewKey["role"])}>
              {KEY_ROLES.map((each) => (
                <option key={each} value={each}>
                  {KEY_ROLE_LABELS[each]?.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={make.isPending}>
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
