"use client";

import type { FieldPath, FieldValues, UseFormRegisterReturn } from "react-hook-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field, type FieldProps } from "@/components/ui/field";
import type { ApiForm } from "./use-api-form";
import { t } from "@/components/messages";

type FormProps<I extends FieldValues, O> = Omit<React.ComponentProps<"form">, "ref" | "onSubmit"> & {
  form: ApiForm<I, O>;
};

/** The `<form>` of `useApiForm`. */
export function Form<I extends FieldValues, O>({ form, className = "grid gap-4", ...props }: FormProps<I, O>) {
  return <form className={className} {...props} {...form.formProps} />;
}

type FormFieldProps<I extends FieldValues, O> = Omit<FieldProps, "children" | "error"> & {
  form: ApiForm<I, O>;
  name: FieldPath<I>;
  children: (fieldProps: Parameters<FieldProps["children"]>[0] & UseFormRegisterReturn) => React.ReactNode;
};

/** One field of the form: label, control and error. */
export function FormField<I extends FieldValues, O>({ form, name, children, ...props }: FormFieldProps<I, O>) {
  const { error } = form.getFieldState(name, form.formState);
  return (
    <Field {...props} error={error?.message}>
      {(fieldProps) => children({ ...fieldProps, ...form.register(name) })}
    </Field>
  );
}

/** The error of the form as a whole. */
export function FormError<I extends FieldValues, O>({ form, className }: { form: ApiForm<I, O>; className?: string }) {
  const message = form.formState.errors.root?.message;
  return message ? (
    <Alert tone="bad" className={className}>
      {message}
    </Alert>
  ) : null;
}

type SubmitProps<I extends FieldValues, O> = Omit<React.ComponentProps<typeof Button>, "form" | "type" | "busy"> & {
  form: ApiForm<I, O>;
};

/** The button that submits the form; busy while the request is pending. */
export function SubmitButton<I extends FieldValues, O>({ form, ...props }: SubmitProps<I, O>) {
  return <Button type="submit" variant="primary" size="md" {...props} busy={form.busy} />;
}

type FooterProps<I extends FieldValues, O> = {
  form: ApiForm<I, O>;
  submitLabel: React.ReactNode;
  onCancel: () => void;
};

/** The footer of a form in a dialog: its error, Cancel and submit. */
export function DialogFooter<I extends FieldValues, O>({ form, submitLabel, onCancel }: FooterProps<I, O>) {
  return (
    <>
      <FormError form={form} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{t("actions.cancel")}</Button>
        <SubmitButton form={form} size="sm">
          {submitLabel}
        </SubmitButton>
      </div>
    </>
  );
}
