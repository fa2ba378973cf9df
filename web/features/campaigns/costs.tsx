"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { CampaignDetail } from "@/lib/api/types";
import { day, money } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { AddCostForm } from "./add-cost-form";

export function Costs({ campaign }: { campaign: CampaignDetail }) {
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  return (
    <section aria-labelledby="costs-title">
      <div className="mb-1.5 flex items-center justify-between">
        <h3 id="costs-title" className="text-sm font-medium">
          Costs
        </h3>
        {can("money:write") && campaign.currency && !adding && (
          <Button onClick={() => setAdding(true)}>Add a cost</Button>
        )}
      </div>
      {adding && <AddCostForm campaign={campaign} onAdded={() => setAdding(false)} />}
      {campaign.costs === null ? (
        <p className="text-sm text-muted">{campaign.money_null_reason}</p>
      ) : campaign.costs.length === 0 ? (
        <p className="text-sm text-muted">No costs yet.</p>
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
