"use client";

import { useState } from "react";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { optionalNumber } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { SmsUse } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { exact, money } from "@/lib/format";
import { activeLanguage } from "@/lib/language/active";
import { DATE_LOCALES } from "@/lib/language/languages";
import { t } from "./messages";

const dollars = (amount: number) => money(Math.round(amount * 100), "USD");
const longMonth = (day: string) =>
  new Intl.DateTimeFormat(DATE_LOCALES[activeLanguage()], { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );

/** What the org sent by SMS this month, against its limits. */
export function SmsLimitsCard() {
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  const { data } = useOrgQuery(["sms-use"], () => call((client) => client.GET("/api/sms-use")));
  if (!data) return null;
  return (
    <Card aria-labelledby="sms-limits-title">
      <CardHeader
        id="sms-limits-title"
        title={t("sms.title")}
        note={t("sms.note", { month: longMonth(data.month), price: dollars(data.price) })}
      />
      <div className="grid gap-2 px-4 pb-4 text-sm">
        <Meter
          label={t("sms.messages")}
          used={data.messages}
          limit={data.message_limit}
          text={t("sms.used", { used: exact(data.messages), limit: data.message_limit })}
        />
        <Meter
          label={t("sms.cost")}
          used={data.spent}
          limit={data.monthly_limit}
          text={t("sms.spent", { spent: dollars(data.spent), limit: dollars(data.monthly_limit) })}
        />
        {data.at_limit && (
          <p className="text-warn">
            <Badge tone="warn">{t("sms.atLimit")}</Badge> {t("sms.atLimitHint")}
          </p>
        )}
        {!data.configured && <p className="text-muted">{t("sms.none")}</p>}
        {data.refused > 0 && <p>{t("sms.refused", { count: data.refused })}</p>}
        {can("org:manage") && !editing && (
          <div>
            <Button onClick={() => setEditing(true)}>{t("sms.change")}</Button>
          </div>
        )}
        {editing && <LimitsForm use={data} onDone={() => setEditing(false)} />}
      </div>
    </Card>
  );
}

function Meter({ label, used, limit, text }: { label: string; used: number; limit: number; text: string }) {
  const share = limit > 0 ? Math.min(100, (used / limit) * 100) : 100;
  return (
    <div>
      <p className="flex justify-between gap-3">
        <span className="text-muted">{label}</span>
        <span className="num">{text}</span>
      </p>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={used}
        aria-valuetext={text}
        className="mt-1 h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div className="h-full bg-accent" style={{ width: `${share}%` }} />
      </div>
    </div>
  );
}

const limits = z.object({ message_limit: optionalNumber(1_000_000), monthly_limit: optionalNumber(1_000_000) });

function LimitsForm({ use, onDone }: { use: SmsUse; onDone: () => void }) {
  const save = useApiMutation(
    (body: z.output<typeof limits>) => call((client) => client.PUT("/api/sms-use/limits", { body })),
    { invalidates: [["sms-use"]], successMessage: () => t("saved"), onSuccess: onDone, silent: true },
  );
  const form = useApiForm({
    schema: limits,
    defaultValues: { message_limit: String(use.message_limit), monthly_limit: String(use.monthly_limit) },
    onSubmit: (body) => save.mutateAsync(body),
  });
  return (
    <Form form={form} className="mt-2 grid gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <FormField
          form={form}
          name="message_limit"
          label={t("sms.messagesMonth")}
          hint={t("sms.atMost", { amount: exact(use.highest_message_limit) })}
          className="w-56"
        >
          {(props) => <Input {...props} inputMode="numeric" />}
        </FormField>
        <FormField
          form={form}
          name="monthly_limit"
          label={t("sms.dollarsMonth")}
          hint={t("sms.atMost", { amount: dollars(use.highest_limit) })}
          className="w-56"
        >
          {(props) => <Input {...props} inputMode="decimal" />}
        </FormField>
      </div>
      <FormError form={form} />
      <div className="flex gap-2">
        <SubmitButton form={form} size="sm">
          {t("save")}
        </SubmitButton>
        <Button onClick={onDone}>{t("cancel")}</Button>
      </div>
    </Form>
  );
}
