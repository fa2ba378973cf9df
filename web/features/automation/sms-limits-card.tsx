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

const dollars = (amount: number) => amount.toLocaleString("en", { style: "currency", currency: "USD" });
const monthName = (day: string) =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

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
        title="SMS this month"
        note={`${monthName(data.month)}, at ${dollars(data.price)} for each part of 160 characters, the operator's price`}
      />
      <div className="grid gap-2 px-4 pb-4 text-sm">
        <Meter
          label="Messages"
          used={data.messages}
          limit={data.message_limit}
          text={`${data.messages.toLocaleString("en")} of ${data.message_limit.toLocaleString("en")} messages`}
        />
        <Meter
          label="Cost"
          used={data.spent}
          limit={data.monthly_limit}
          text={`${dollars(data.spent)} of ${dollars(data.monthly_limit)}`}
        />
        {data.at_limit && (
          <p className="text-warn">
            <Badge tone="warn">At the limit</Badge> Further messages are held. They are listed under Deliveries and can
            be sent again next month, or after the limit is raised.
          </p>
        )}
        {!data.configured && (
          <p className="text-muted">No SMS service is configured, so SMS go to the local mailbox.</p>
        )}
        {data.refused > 0 && <p>{data.refused.toLocaleString("en")} refused by a limit this month.</p>}
        {can("org:manage") && !editing && (
          <div>
            <Button onClick={() => setEditing(true)}>Change the limits</Button>
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
    { invalidates: [["sms-use"]], successMessage: "Saved", onSuccess: onDone, silent: true },
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
          label="Messages a month"
          hint={`At most ${use.highest_message_limit.toLocaleString("en")}; empty for that`}
          className="w-56"
        >
          {(props) => <Input {...props} inputMode="numeric" />}
        </FormField>
        <FormField
          form={form}
          name="monthly_limit"
          label="US dollars a month"
          hint={`At most ${dollars(use.highest_limit)}; empty for that`}
          className="w-56"
        >
          {(props) => <Input {...props} inputMode="decimal" />}
        </FormField>
      </div>
      <FormError form={form} />
      <div className="flex gap-2">
        <SubmitButton form={form} size="sm">
          Save
        </SubmitButton>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </Form>
  );
}
