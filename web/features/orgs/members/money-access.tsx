"use client";

import { Field, Select } from "@/components/ui/field";
import type { Role } from "@/lib/api/types";
import { ROLES } from "./labels";

type Props = {
  role: Role;
  value: boolean | null;
  disabled?: boolean;
  onChange: (value: boolean | null) => void;
};

const SEES_MONEY: Role[] = ["admin", "manager"];

/** Whether a member sees royalties, budgets and costs. */
export function MoneyAccess({ role, value, disabled, onChange }: Props) {
  const usual = `${ROLES[role].name}: ${SEES_MONEY.includes(role) ? "sees money" : "sees no money"}`;
  return (
    <Field label="Money" hint="Royalties, revenue, budgets and costs.">
      {(fieldProps) => (
        <Select
          {...fieldProps}
          value={String(value)}
          disabled={disabled || role === "admin"}
          onChange={(event) => onChange(event.target.value === "null" ? null : event.target.value === "true")}
        >
          <option value="null">As the role ({usual})</option>
          <option value="true">May see money</option>
          <option value="false">May not see money</option>
        </Select>
      )}
    </Field>
  );
}
