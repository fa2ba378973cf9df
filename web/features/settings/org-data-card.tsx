"use client";

import { useState } from "react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import type { OrgExport } from "@/lib/api/types";
import { fileSize, moment } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useDownloadExport, useOrgExports, useRequestErasure, useRequestExport } from "./data-queries";
import { t } from "./messages";

const schema = z.object({ name: requiredText(120, () => t("orgData.nameMissing")) });

/** Export everything of the organisation, and delete it. For its admins. */
export function OrgDataCard() {
  const { can } = useSession();
  const [deleting, setDeleting] = useState(false);
  const exports = useOrgExports(can("org:manage"));
  const request = useRequestExport();
  if (!can("org:manage")) return null;
  const newest = exports.data?.[0];
  const isBeingMade = newest?.state === "waiting" || newest?.state === "running";
  return (
    <Card aria-labelledby="org-data-title">
      <CardHeader id="org-data-title" title={t("orgData.title")} />
      <div className="grid gap-4 px-4 pb-4 text-sm">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="min-w-0 flex-1 basis-64 text-muted">{t("orgData.export")}</p>
          <Button busy={request.isPending} disabled={isBeingMade} onClick={() => request.mutate(undefined)}>
            {t("orgData.make")}
          </Button>
        </div>
        {newest && <ExportState of={newest} />}
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <p className="min-w-0 flex-1 basis-64 text-muted">{t("orgData.deleting")}</p>
          <Button variant="danger" onClick={() => setDeleting(true)}>
            {t("orgData.delete")}
          </Button>
        </div>
      </div>
      {deleting && <DeleteOrgDialog onClose={() => setDeleting(false)} />}
    </Card>
  );
}

function ExportState({ of }: { of: OrgExport }) {
  const download = useDownloadExport();
  if (of.state === "failed") return <Alert tone="bad">{t("orgData.failed", { problem: of.problem })}</Alert>;
  if (of.state !== "ready") return <Alert tone="good">{t("orgData.running", { percent: of.percent })}</Alert>;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-md bg-up-soft px-3 py-2">
      <span className="text-up">
        {t("orgData.ready", { size: fileSize(of.byte_size), moment: moment(of.expires_at) })}
      </span>
      <Button busy={download.isPending} onClick={() => download.mutate(of)}>
        {t("orgData.download")}
      </Button>
    </div>
  );
}

function DeleteOrgDialog({ onClose }: { onClose: () => void }) {
  const { org } = useSession();
  const erase = useRequestErasure(onClose);
  const form = useApiForm({
    schema,
    defaultValues: { name: "" },
    defaultField: "name",
    onSubmit: (values) => erase.mutateAsync(values.name),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("orgData.question", { name: org?.name })}>
      <p className="text-sm text-muted">{t("orgData.final")}</p>
      <Form form={form} className="mt-4 grid gap-4">
        <FormField form={form} name="name" label={t("typeToBeSure", { text: org?.name })}>
          {(fieldProps) => <Input {...fieldProps} autoComplete="off" autoFocus required maxLength={120} />}
        </FormField>
        <FormError form={form} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <SubmitButton form={form} variant="danger" size="sm">
            {t("orgData.act")}
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
