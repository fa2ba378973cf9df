import type { FieldPath, FieldValues } from "react-hook-form";
import { FormField } from "@/components/form/form";
import type { ApiForm } from "@/components/form/use-api-form";
import { Input } from "@/components/ui/field";
import { t } from "./messages";

type EmailProps<I extends FieldValues, O> = {
  form: ApiForm<I, O>;
  name: FieldPath<I>;
  readOnly?: boolean;
  autoFocus?: boolean;
  onType?: (email: string) => void;
};

export function EmailField<I extends FieldValues, O>({ form, name, readOnly, autoFocus, onType }: EmailProps<I, O>) {
  return (
    <FormField form={form} name={name} label={t("fields.email")}>
      {(fieldProps) => (
        <Input
          {...fieldProps}
          type="email"
          autoComplete="username"
          readOnly={readOnly}
          autoFocus={autoFocus}
          required
          maxLength={254}
          className={readOnly ? "bg-sunken" : ""}
          onChange={(event) => {
            void fieldProps.onChange(event);
            onType?.(event.target.value);
          }}
        />
      )}
    </FormField>
  );
}

type NewPasswordProps<I extends FieldValues, O> = {
  form: ApiForm<I, O>;
  name: FieldPath<I>;
  label?: string;
  autoFocus?: boolean;
};

export function NewPasswordField<I extends FieldValues, O>({
  form,
  name,
  label = t("fields.password"),
  autoFocus,
}: NewPasswordProps<I, O>) {
  return (
    <FormField form={form} name={name} label={label} hint={t("fields.passwordHint")}>
      {(fieldProps) => (
        <Input
          {...fieldProps}
          type="password"
          autoComplete="new-password"
          maxLength={72}
          autoFocus={autoFocus}
          required
        />
      )}
    </FormField>
  );
}
