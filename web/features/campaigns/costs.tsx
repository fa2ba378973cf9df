"use client";

import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import type { CampaignDetail } from "@/lib/api/types";
import { day, money } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { CostForm } from "./cost-form";
import { t } from "./messages";
import { type Cost, useRemoveCost } from "./queries";

/** "Edit the cost of 12 Nov 2026 for posters". */
const named = (act: "edit" | "remove" | "removeTitle", { spent_on, note }: Cost) =>
  note ? t(`costs.${act}For`, { day: day(spent_on), note }) : t(`costs.${act}`, { day: day(spent_on) });

export function Costs({ campaign }: { campaign: CampaignDetail }) {
  const { can } = useSession();
  const [open, setOpen] = useState<string | null>(null); // the id of a cost that is edited, or "new"
  const [removed, setRemoved] = useState<Cost | null>(null);
  const remove = useRemoveCost(campaign.id);
  const close = () => setOpen(null);
  return (
    <section aria-labelledby="costs-title">
      <div className="mb-1.5 flex items-center justify-between">
        <h3 id="costs-title" className="text-sm font-medium">
          {t("costs.title")}
        </h3>
        {can("money:write") && campaign.currency && open === null && (
          <Button onClick={() => setOpen("new")}>{t("costs.add")}</Button>
        )}
      </div>
      {open === "new" && <CostForm campaign={campaign} onDone={close} />}
      {campaign.costs === null ? (
        <p className="text-sm text-muted">{campaign.money_null_reason}</p>
      ) : campaign.costs.length === 0 ? (
        <p className="text-sm text-muted">{t("costs.none")}</p>
      ) : (
        <ul className="divide-y divide-line rounded-card border border-line text-sm">
          {campaign.costs.map((cost) =>
            open === cost.id ? (
              <li key={cost.id} className="px-3 pt-3">
                <CostForm campaign={campaign} cost={cost} onDone={close} />
              </li>
            ) : (
              <li key={cost.id} className="flex items-center gap-4 px-3 py-2">
                <span className="w-28 shrink-0 text-muted">{day(cost.spent_on)}</span>
                <span className="min-w-0 flex-1 truncate" title={cost.note}>
                  {cost.note}
                </span>
                <span className="num font-medium">{money(cost.amount_minor, campaign.currency)}</span>
                {can("money:write") && (
                  <span className="flex">
                    <Button
                      variant="ghost"
                      size="icon"
                      aria-label={named("edit", cost)}
                      onClick={() => setOpen(cost.id)}
                    >
                      <Pencil aria-hidden />
                    </Button>
                    <Button
                      variant="ghost"
                      size="icon"
                      aria-label={named("remove", cost)}
                      onClick={() => setRemoved(cost)}
                    >
                      <Trash2 aria-hidden />
                    </Button>
                  </span>
                )}
              </li>
            ),
          )}
        </ul>
      )}
      <ConfirmDialog
        open={removed !== null}
        onOpenChange={(isOpen) => !isOpen && setRemoved(null)}
        title={removed ? named("removeTitle", removed) : ""}
        act={t("costs.removeConfirm")}
        busy={remove.isPending}
        onConfirm={() => removed && remove.mutate(removed.id, { onSuccess: () => setRemoved(null) })}
      >
        {t("costs.removeText")}
      </ConfirmDialog>
    </section>
  );
}
