import { Field, Input } from "@/components/ui/field";

type Props = {
  label: string;
  hint?: React.ReactNode;
  error?: string | null;
  name?: string;
  autoFocus?: boolean;
  onFull?: (form: HTMLFormElement) => void;
};

/** A field for the digits of a mail or of an authenticator app. `onFull` runs when six are there. */
export function CodeField({ label, hint, error, name = "code", autoFocus, onFull }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(fieldProps) => (
        <Input
          {...fieldProps}
          name={name}
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9\s]{6,12}"
          title="The digits of the code"
          maxLength={12}
          autoFocus={autoFocus}
          required
          className="num font-mono text-lg tracking-[0.2em]"
          onChange={(event) => {
            const { form, value } = event.currentTarget;
            if (onFull && form && value.replace(/\s/g, "").length === 6) onFull(form);
          }}
        />
      )}
    </Field>
  );
}
