"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import type { CampaignDetail } from "@/lib/api/types";
import { day, minorUnits, money } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useAddCost } from "./queries";

export function Costs({ campaign }: { campaign: CampaignDetail }) {
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const add = useAddCost(campaign.id, () => setAdding(false));
  return (
    <section aria-labelledby="costs-title">
      <div className="mb-1.5 flex items-center justify-between">
        <h3 id="costs-title" className="text-sm font-medium">
          Costs
        </h3>
        {can("campaigns:write") && campaign.currency && !adding && (
          <Button onClick={() => setAdding(true)}>Note a cost</Button>
        )}
      </div>
      {adding && (
        <form
          className="mb-3 grid grid-cols-2 items-end gap-2 rounded-card border border-line p-3 sm:grid-cols-[140px_120px_1fr_auto]"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            add.mutate({
              spent_on: String(form.get("day")),
              amount_minor: minorUnits(Number(form.get("amount")), campaign.currency ?? "EUR"),
              note: String(form.get("note") ?? ""),
            });
          }}
        >
          <Field label="Day">
            {(fieldProps) => (
              <Input {...fieldProps} name="day" type="date" required defaultValue={campaign.starts_on} />
            )}
          </Field>
          <Field label={`Amount, ${campaign.currency}`}>
            {(fieldProps) => <Input {...fieldProps} name="amount" type="number" min="0" step="0.01" required />}
          </Field>
          <Field label="For">{(fieldProps) => <Input {...fieldProps} name="note" maxLength={500} />}</Field>
          <Button type="submit" variant="primary" size="md" busy={add.isPending}>
            Add
          </Button>
        </form>
      )}
      {campaign.costs.length === 0 ? (
        <p className="text-sm text-muted">None noted.</p>
      ) : (
        <ul className="divide-y divide-line rounded-card border border-line text-sm">
          {campaign.costs.map((cost) => (
            <li key={cost.id} className="flex gap-4 px-3 py-2">
              <span className="w-28 shrink-0 text-muted">{day(cost.spent_on)}</span>
              <span className="min-w-0 flex-1 truncate">{cost.note}</span>
              <span className="num font-medium">{money(cost.amount_minor, campaign.currency)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
