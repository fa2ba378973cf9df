"use client";

import { Megaphone, Plus } from "lucide-react";
import { useState } from "react";
import { columnHelper, DataTable, type Column } from "@/components/data-table";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Campaign } from "@/lib/api/types";
import { compact, dayRange, money, unitLabel } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { CalibrationCard } from "./calibration-card";
import { CampaignSheet } from "./campaign-sheet";
import { CampaignDialog } from "./campaign-dialog";
import { t } from "./messages";
import { useCampaigns } from "./queries";

const TONES = { planned: "neutral", running: "accent", ended: "good" } as const;

/** The unit, where the metric's name does not contain it: "900K views", but "monthly listeners, 2M people". */
function goalLabel({ goal_metric, goal_metric_name, goal_target, goal_unit }: Campaign): string {
  const metric = metricInSentence(goal_metric, goal_metric_name);
  if (goal_target == null) return metric;
  const target = `${compact(goal_target)} ${unitLabel(goal_target, goal_unit)}`;
  return goal_metric_name.toLowerCase() === goal_unit ? target : t("table.goalTarget", { metric, target });
}

/** The range, or in muted words why there is none. */
function LiftCell({ lift }: { lift: Campaign["lift"] }) {
  const text = lift.text.replaceAll(" %", "\u00a0%"); // a number is not torn from its sign
  if (lift.state === "measured") return <span className="num font-medium md:whitespace-nowrap">{text}</span>;
  return (
    <span className="block text-muted md:min-w-32">
      {lift.state === "inconclusive" ? t("table.cannotTell", { reason: text }) : text}
    </span>
  );
}

const column = columnHelper<Campaign>();
/** Hidden on a phone. */
const WIDE = { className: "max-md:hidden" };
const columns = [
  column.accessor("name", {
    header: () => t("columns.name"),
    cell: ({ row: { original: campaign } }) => (
      <span className="block md:min-w-44">
        <button type="button" className="block text-left font-medium break-words hover:text-accent">
          {campaign.name}
        </button>
        <span className="block text-xs text-muted">{campaign.artist_name}</span>
        <span className="block text-xs text-muted md:hidden">{dayRange(campaign.starts_on, campaign.ends_on)}</span>
      </span>
    ),
  }),
  column.accessor("state", {
    header: () => t("columns.state"),
    cell: ({ getValue }) => <Badge tone={TONES[getValue()]}>{t(`states.${getValue()}`)}</Badge>,
    meta: WIDE,
  }),
  column.accessor("starts_on", {
    header: () => t("columns.days"),
    cell: ({ row: { original: campaign } }) => (
      <span className="whitespace-nowrap text-muted">{dayRange(campaign.starts_on, campaign.ends_on)}</span>
    ),
    meta: WIDE,
  }),
  column.accessor("goal_metric_name", {
    header: () => t("columns.goal"),
    cell: ({ row: { original: campaign } }) => (
      <span className="flex min-w-48 flex-wrap items-center gap-x-2">
        <ProviderName provider={campaign.goal_provider} />
        <span className="text-muted">{goalLabel(campaign)}</span>
      </span>
    ),
    meta: WIDE,
  }),
  column.accessor(({ lift }) => lift.low_percent ?? -Infinity, {
    id: "lift",
    header: () => t("columns.added"),
    cell: ({ row: { original: campaign } }) => <LiftCell lift={campaign.lift} />,
  }),
  column.accessor("spent_minor", {
    header: () => t("columns.spent"),
    cell: ({ row: { original: campaign } }) => (
      <span className="md:whitespace-nowrap">
        {campaign.money_null_reason ? (
          <span className="text-muted" title={campaign.money_null_reason}>
            {t("notOpen")}
          </span>
        ) : campaign.currency ? (
          money(campaign.spent_minor, campaign.currency)
        ) : (
          "–"
        )}
        {campaign.budget_minor != null && (
          <span className="text-muted">
            {" "}
            {t("table.ofBudget", { budget: money(campaign.budget_minor, campaign.currency) })}
          </span>
        )}
      </span>
    ),
    meta: { align: "right" },
  }),
] as Column<Campaign>[];

export function CampaignsPage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const { items, error, refetch, ...paging } = useCampaigns();
  const open = (id: string) => set({ id }, { push: true });
  const add = can("campaigns:write") && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> {t("add")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        {add}
      </PageHeader>
      <Card aria-label={t("title")}>
        {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
        {!items && !error && <SkeletonRows rows={5} />}
        {items && items.length > 0 && (
          <DataTable
            label={t("title")}
            rows={items}
            columns={columns}
            rowId={(each) => each.id}
            onOpen={(each) => open(each.id)}
            className="[&_td]:h-12"
          />
        )}
        {items?.length === 0 && (
          <EmptyState icon={Megaphone} title={t("empty.title")} action={add}>
            {can("campaigns:write") ? t("empty.hint") : t("empty.noRight")}
          </EmptyState>
        )}
        <LoadMore {...paging} />
      </Card>
      {items && items.length > 0 && <CalibrationCard />}
      {adding && <CampaignDialog onClose={() => setAdding(false)} onAdded={(each) => open(each.id)} />}
      {get("id") && <CampaignSheet id={get("id")} onClose={() => set({ id: null })} />}
    </>
  );
}
