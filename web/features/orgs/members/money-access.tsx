"use client";

import { Field, Select } from "@/components/ui/field";
import type { Role } from "@/lib/api/types";
import { t } from "../messages";

type Props = {
  role: Role;
  value: boolean | null;
  disabled?: boolean;
  onChange: (value: boolean | null) => void;
};

const SEES_MONEY: Role[] = ["admin", "manager"];

/** Whether a member sees royalties, budgets and costs. */
export function MoneyAccess({ role, value, disabled, onChange }: Props) {
  const sees = SEES_MONEY.includes(role) ? "yes" : "no";
  return (
    <Field label={t("money.title")} hint={t("money.hint")}>
      {(fieldProps) => (
        <Select
          {...fieldProps}
          value={String(value)}
          disabled={disabled || role === "admin"}
          onChange={(event) => onChange(event.target.value === "null" ? null : event.target.value === "true")}
        >
          <option value="null">{t("money.asRole", { role: t(`roles.${role}.name`), sees })}</option>
          <option value="true">{t("money.may")}</option>
          <option value="false">{t("money.mayNot")}</option>
        </Select>
      )}
    </Field>
  );
}
