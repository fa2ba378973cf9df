import type { FieldPath, FieldValues } from "react-hook-form";
import { FormField } from "@/components/form/form";
import type { ApiForm } from "@/components/form/use-api-form";
import { Input } from "@/components/ui/field";

type Props<I extends FieldValues, O> = {
  form: ApiForm<I, O>;
  name: FieldPath<I>;
  label: string;
  hint?: React.ReactNode;
  autoFocus?: boolean;
  /** Submit the form as soon as six digits are entered. */
  submitWhenFull?: boolean;
};

/** A field for a code from an e-mail or an authenticator app. */
export function CodeField<I extends FieldValues, O>({
  form,
  name,
  label,
  hint,
  autoFocus,
  submitWhenFull,
}: Props<I, O>) {
  return (
    <FormField form={form} name={name} label={label} hint={hint}>
      {(fieldProps) => (
        <Input
          {...fieldProps}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={12}
          autoFocus={autoFocus}
          required
          className="num font-mono text-lg tracking-[0.2em]"
          onChange={(event) => {
            void fieldProps.onChange(event);
            const { form: element, value } = event.currentTarget;
            if (submitWhenFull && value.replace(/\s/g, "").length === 6) element?.requestSubmit();
          }}
        />
      )}
    </FormField>
  );
}
