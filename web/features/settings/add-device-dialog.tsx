"use client";

import type { Factor } from "@supabase/supabase-js";
import { useState } from "react";
import { z } from "zod";
import { CodeField } from "@/components/code-field";
import { CopyText } from "@/components/copy-text";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { oneTimeCode, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import { useApiMutation } from "@/lib/api/queries";
import { enrollFactor, unenrollFactor, verifyFactor, type Enrollment } from "./queries";
import { t } from "./messages";

type Props = { unverified: Factor[]; verified: Factor[]; onClose: () => void };

function freeName(factors: Factor[]): string {
  const names = new Set(factors.map((factor) => factor.friendly_name));
  for (let count = 1; ; count++) {
    const name = count === 1 ? t("newDevice.myPhone") : t("newDevice.myPhoneNumbered", { number: count });
    if (!names.has(name)) return name;
  }
}

/** Set up an authenticator app: name it, scan the code, verify a first code. */
export function AddDeviceDialog({ unverified, verified, onClose }: Props) {
  const [enrollment, setEnrollment] = useState<Enrollment | null>(null);
  const enroll = async (name: string) => {
    // An unverified factor would keep its name reserved.
    await Promise.all(unverified.map((factor) => unenrollFactor(factor.id)));
    setEnrollment(await enrollFactor(name));
  };
  const cancel = () => {
    if (enrollment) void unenrollFactor(enrollment.id).catch(() => undefined);
    onClose();
  };
  return (
    <Dialog open onOpenChange={(open) => !open && cancel()} title={enrollment ? t("newDevice.scan") : t("devices.add")}>
      {enrollment ? (
        <VerifyForm enrollment={enrollment} onVerified={onClose} onCancel={cancel} />
      ) : (
        <NameForm defaultName={freeName(verified)} enroll={enroll} onCancel={cancel} />
      )}
    </Dialog>
  );
}

type NameProps = { defaultName: string; enroll: (name: string) => Promise<void>; onCancel: () => void };

const nameSchema = z.object({ name: requiredText(60, () => t("name.missing")) });

function NameForm({ defaultName, enroll, onCancel }: NameProps) {
  const form = useApiForm({
    schema: nameSchema,
    defaultValues: { name: defaultName },
    defaultField: "name",
    onSubmit: ({ name }) => enroll(name),
  });
  return (
    <Form form={form}>
      <p className="text-sm text-muted">{t("newDevice.needed")}</p>
      <FormField form={form} name="name" label={t("newDevice.name")}>
        {(fieldProps) => <Input {...fieldProps} required maxLength={60} autoFocus />}
      </FormField>
      <DialogFooter form={form} submitLabel={t("newDevice.continue")} onCancel={onCancel} />
    </Form>
  );
}

type VerifyProps = { enrollment: Enrollment; onVerified: () => void; onCancel: () => void };

const codeSchema = z.object({ code: oneTimeCode });

function VerifyForm({ enrollment, onVerified, onCancel }: VerifyProps) {
  const verify = useApiMutation((code: string) => verifyFactor(enrollment.id, code), {
    invalidates: [["account"]],
    successMessage: () => t("newDevice.isOn"),
    onSuccess: onVerified,
    silent: true,
  });
  const form = useApiForm({
    schema: codeSchema,
    defaultValues: { code: "" },
    defaultField: "code",
    onSubmit: ({ code }) => verify.mutateAsync(code),
  });
  return (
    <Form form={form}>
      <div className="flex flex-wrap items-center gap-5">
        {/* White in both themes: cameras expect dark on light. */}
        <img
          src={enrollment.qr}
          alt={t("newDevice.qr")}
          className="size-40 rounded-md border border-line bg-white p-2"
        />
        <div className="min-w-0 flex-1 basis-44">
          <p className="text-sm text-muted">{t("newDevice.noCamera")}</p>
          <CopyText text={enrollment.secret} label={t("newDevice.key")} className="mt-2" />
        </div>
      </div>
      <CodeField form={form} name="code" label={t("newDevice.code")} autoFocus submitWhenFull />
      <DialogFooter form={form} submitLabel={t("newDevice.turnOn")} onCancel={onCancel} />
    </Form>
  );
}
