"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRef } from "react";
import { type DefaultValues, type FieldPath, type FieldValues, useForm } from "react-hook-form";
import type { z } from "zod";
import { ApiError, errorMessage } from "@/lib/api/error";
import { AuthError } from "@/lib/session/auth-error";

type Options<Input extends FieldValues, Output> = {
  schema: z.ZodType<Output, Input>;
  defaultValues: DefaultValues<NoInfer<Input>>;
  /** The values on the server: the form is reset to them when they change. */
  values?: NoInfer<Input>;
  /** Send the values. Errors are shown at the fields that they name, or above the buttons. */
  onSubmit: (values: Output) => Promise<unknown>;
  /** The form's name of a field, where the API has another: `{ "target.address": "address" }`. */
  apiFields?: Record<string, FieldPath<NoInfer<Input>>>;
  /** The field that shows an error without a field, in a form with one field. */
  defaultField?: FieldPath<NoInfer<Input>>;
};

export type ApiForm<Input extends FieldValues, Output> = ReturnType<typeof useApiForm<Input, Output>>;

/**
 * A form that is checked by a zod schema and sent to the API.
 * Fields show the API's messages, the first of them takes the focus; a second submit while one is pending is ignored.
 */
export function useApiForm<Input extends FieldValues, Output>(options: Options<Input, Output>) {
  const { schema, defaultValues, values, onSubmit, apiFields, defaultField } = options;
  const ref = useRef<HTMLFormElement>(null);
  const submitting = useRef(false);
  const form = useForm<Input, unknown, Output>({ resolver: zodResolver(schema), defaultValues, values });

  const showError = (error: unknown) => {
    const messages = fieldMessages(error, apiFields, defaultField, ref.current);
    if (messages.size === 0) form.setError("root", { message: errorMessage(error) });
    for (const [name, message] of messages) form.setError(name as FieldPath<Input>, { message });
    focusFirst(ref.current, messages);
  };
  const send = form.handleSubmit(async (output) => {
    try {
      await onSubmit(output);
    } catch (error) {
      showError(error);
    }
  });
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (submitting.current) return;
    submitting.current = true;
    try {
      await send(event);
    } finally {
      submitting.current = false;
    }
  };
  return {
    ...form,
    busy: form.formState.isSubmitting,
    formProps: { ref, noValidate: true, onSubmit: (event: React.FormEvent<HTMLFormElement>) => void submit(event) },
  };
}

/** Map an error to messages by field of the form. Empty when it names a field that the form does not show. */
function fieldMessages(
  error: unknown,
  apiFields: Record<string, string> | undefined,
  defaultField: string | undefined,
  element: HTMLFormElement | null,
): Map<string, string> {
  const messages = new Map<string, string>();
  const isShown = (name: string | undefined) => Boolean(name && element?.elements.namedItem(name));
  const fields = error instanceof ApiError || error instanceof AuthError ? error.fields : [];
  for (const { field, message } of fields) {
    const name = [apiFields?.[field], field, field.split(".")[0]].find(isShown);
    if (!name) return new Map(); // one problem has no field here, so the whole message is shown above the buttons
    messages.set(name, message);
  }
  if (messages.size === 0 && defaultField && isShown(defaultField)) messages.set(defaultField, errorMessage(error));
  return messages;
}

function focusFirst(element: HTMLFormElement | null, messages: Map<string, string>): void {
  for (const control of element?.elements ?? []) {
    if (control instanceof HTMLElement && messages.has(control.getAttribute("name") ?? "")) {
      control.focus();
      return;
    }
  }
}
