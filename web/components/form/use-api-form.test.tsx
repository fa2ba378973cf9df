import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { Input } from "@/components/ui/field";
import { ApiError } from "@/lib/api/error";
import { AuthError } from "@/lib/session/auth-error";
import { DialogFooter, Form, FormField } from "./form";
import { email, requiredText } from "./schema";
import { useApiForm } from "./use-api-form";

const schema = z.object({ name: requiredText(20, "Enter a name."), email });

function ContactForm({ send }: { send: (values: { name: string; email: string }) => Promise<unknown> }) {
  const form = useApiForm({
    schema,
    defaultValues: { name: "", email: "" },
    apiFields: { "target.address": "email" },
    onSubmit: send,
  });
  return (
    <Form form={form}>
      <FormField form={form} name="name" label="Name" hint="Of the person">
        {(fieldProps) => <Input {...fieldProps} />}
      </FormField>
      <FormField form={form} name="email" label="E-mail">
        {(fieldProps) => <Input {...fieldProps} type="email" />}
      </FormField>
      <DialogFooter form={form} submitLabel="Save" onCancel={() => undefined} />
    </Form>
  );
}

async function fillAndSave(send: (values: { name: string; email: string }) => Promise<unknown>) {
  render(<ContactForm send={send} />);
  await userEvent.type(screen.getByLabelText("Name"), " Ada ");
  await userEvent.type(screen.getByLabelText("E-mail"), "ada@example.test");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
}

const rejecting = (error: unknown) => () => Promise.reject(error);

test("valid values are sent, trimmed", async () => {
  const send = vi.fn(() => Promise.resolve());
  await fillAndSave(send);
  expect(send).toHaveBeenCalledExactlyOnceWith({ name: "Ada", email: "ada@example.test" });
  expect(screen.queryByRole("alert")).toBeNull();
});

test("an invalid value is described at its field and not sent; the first invalid field has the focus", async () => {
  const send = vi.fn(() => Promise.resolve());
  render(<ContactForm send={send} />);
  await userEvent.type(screen.getByLabelText("E-mail"), "ada at example");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  const name = screen.getByLabelText("Name");
  expect(document.activeElement).toBe(name);
  expect(name.getAttribute("aria-invalid")).toBe("true");
  const described = name.getAttribute("aria-describedby")?.split(" ") ?? [];
  expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual(["Of the person", "Enter a name."]);
  expect(screen.getByText(/This is not an e-mail address/)).toBeTruthy();
  expect(send).not.toHaveBeenCalled();
});

test("each field that the API refuses shows its message, and the first of them has the focus", async () => {
  const problems = [
    { field: "target.address", message: "This address is taken." },
    { field: "name", message: "This name is reserved." },
  ];
  await fillAndSave(rejecting(new ApiError(422, { message: "Two fields are wrong.", problems })));
  expect(screen.getByText("This address is taken.")).toBeTruthy();
  expect(screen.getByText("This name is reserved.")).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText("Name"));
  expect(screen.queryByText("Two fields are wrong.")).toBeNull();
});

test("the error of a single field is shown at that field, without a list of problems", async () => {
  await fillAndSave(rejecting(new ApiError(409, { message: "This name exists already.", field: "name" })));
  expect(screen.getByLabelText("Name").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("This name exists already.")).toBeTruthy();
});

test("an error without a field of the form is shown above the buttons, and removed on the next attempt", async () => {
  const send = vi.fn().mockRejectedValueOnce(new ApiError(422, { message: "The org is full.", field: "org" }));
  await fillAndSave(send);
  expect(screen.getByRole("alert").textContent).toBe("The org is full.");
  expect(screen.getByLabelText("Name").getAttribute("aria-invalid")).toBeNull();
  send.mockResolvedValueOnce(undefined);
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("an error code of the auth service is shown at its field", async () => {
  await fillAndSave(rejecting(new AuthError({ code: "email_exists", message: "exists" })));
  expect(screen.getByLabelText("E-mail").getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(screen.getByLabelText("E-mail"));
});

test("while the request is pending the button is busy and a second submit does nothing", async () => {
  let answer = () => {};
  const send = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)));
  await fillAndSave(send);
  const button = screen.getByRole("button", { name: "Save" });
  expect(button.getAttribute("aria-busy")).toBe("true");
  await userEvent.click(button);
  await userEvent.type(screen.getByLabelText("Name"), "{Enter}");
  expect(send).toHaveBeenCalledOnce();
  answer();
  await vi.waitFor(() => expect(button.getAttribute("aria-busy")).toBeNull());
  await userEvent.click(button);
  expect(send).toHaveBeenCalledTimes(2);
});
