import { z } from "zod";
import { email, optionalText, requiredText, webAddress } from "@/components/form/schema";
import type { NewChannel } from "./queries";

const phone = z.string().regex(/^\+[0-9]{6,15}$/, "Enter + and digits only, such as +4915112345678.");

/** The form of a channel. Encrypted fields may stay empty when a channel is changed. */
export function channelSchema(exists: boolean) {
  const shape = {
    kind: z.enum(["slack", "email", "sms", "n8n"]),
    name: requiredText(120, "Enter a name."),
    address: z.string().trim(),
    label: optionalText(80),
    phone: z.string().trim(),
    url: z.string().trim(),
    secret: z.string().trim(),
  };
  return z.object(shape).superRefine((values, context) => {
    const check = (path: "address" | "phone" | "url", schema: z.ZodType) => {
      if (exists && path !== "address" && values[path] === "") return;
      for (const { message } of schema.safeParse(values[path]).error?.issues.slice(0, 1) ?? [])
        context.addIssue({ code: "custom", path: [path], message });
    };
    if (values.kind === "email") check("address", email);
    if (values.kind === "sms") check("phone", phone);
    if (values.kind === "n8n") check("url", webAddress);
  });
}

type Values = z.output<ReturnType<typeof channelSchema>>;

/** Build the request body: only the fields of the channel's kind. */
export function toNewChannel({ kind, name, address, label, phone, url, secret }: Values): NewChannel {
  if (kind === "email") return { kind, name, target: { address } };
  if (kind === "sms") return { kind, name, target: { phone: phone || null } };
  if (kind === "n8n") return { kind, name, target: { url: url || null }, secret: secret || null };
  return { kind, name, target: { label: label || null }, secret: secret || null };
}
