import { Field, Input } from "@/components/ui/field";

type EmailProps = { defaultValue?: string; readOnly?: boolean; autoFocus?: boolean; onType?: (email: string) => void };

export function EmailField({ defaultValue, readOnly, autoFocus, onType }: EmailProps) {
  return (
    <Field label="E-mail">
      {(fieldProps) => (
        <Input
          {...fieldProps}
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={defaultValue}
          readOnly={readOnly}
          autoFocus={autoFocus}
          required
          maxLength={254}
          className={readOnly ? "bg-sunken" : ""}
          onChange={(event) => onType?.(event.target.value)}
        />
      )}
    </Field>
  );
}

export function NewPasswordField({ label = "Password", autoFocus }: { label?: string; autoFocus?: boolean }) {
  return (
    <Field label={label} hint="At least 8 characters; a short sentence is best.">
      {(fieldProps) => (
        <Input
          {...fieldProps}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          maxLength={72}
          autoFocus={autoFocus}
          required
        />
      )}
    </Field>
  );
}
