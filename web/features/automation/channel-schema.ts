import { z } from "zod";
import { email, optionalText, requiredText } from "@/components/form/schema";
import type { NewChannel } from "./queries";
import { t } from "./messages";

const phone = z.string().regex(/^\+[0-9]{6,15}$/, { error: () => t("channel.phoneWrong") });

const publicAddress = z
  .url({ protocol: /^https$/, error: () => t("channel.urlWrong") })
  .refine((text) => !new URL(text).port, { error: () => t("channel.noPort") });

/** The form of a channel. Encrypted fields may stay empty when a channel is changed. */
export function channelSchema(exists: boolean) {
  const shape = {
    kind: z.enum(["slack", "email", "sms", "n8n"]),
    name: requiredText(120, () => t("nameMissing")),
    address: z.string().trim(),
    label: optionalText(80),
    phone: z.string().trim(),
    url: z.string().trim(),
    workflowId: z.string(),
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
    if (values.kind === "n8n" && !values.workflowId) check("url", publicAddress);
  });
}

type Values = z.output<ReturnType<typeof channelSchema>>;

/** Build the request body: only the fields of the channel's kind. */
export function toNewChannel({ kind, name, address, label, phone, url, workflowId, secret }: Values): NewChannel {
  if (kind === "email") return { kind, name, target: { address } };
  if (kind === "sms") return { kind, name, target: { phone: phone || null } };
  if (kind === "n8n") {
    const target = workflowId ? { workflow_id: workflowId } : { url: url || null };
    return { kind, name, target, secret: secret || null };
  }
  return { kind, name, target: { label: label || null }, secret: secret || null };
}
