"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { ChannelDialog } from "./channel-dialog";
import { ChannelsCard } from "./channels-card";
import { DeliveriesCard } from "./deliveries-card";
import { N8nCard } from "./n8n-card";
import { RuleDialog } from "./rule-dialog";
import { useChannels } from "./queries";
import { RulesCard } from "./rules-card";
import { SmsLimitsCard } from "./sms-limits-card";
import { WebhooksCard } from "./webhooks/webhooks-card";
import { t } from "./messages";

export function AutomationPage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [adding, setAdding] = useState<"channel" | "rule" | null>(null);
  const view = get("view") === "deliveries" ? "deliveries" : "rules";
  const canManage = can("automation:manage");
  const hasSms = useChannels().items?.some((channel) => channel.kind === "sms");
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        <SegmentedControl
          label={t("view.label")}
          value={view}
          onChange={(next) => set({ view: next === "rules" ? null : next })}
          options={[
            { value: "rules", label: t("view.rules") },
            { value: "deliveries", label: t("view.deliveries") },
          ]}
        />
        {canManage && view === "rules" && (
          <>
            <Button onClick={() => setAdding("channel")}>
              <Plus aria-hidden /> {t("channels.add")}
            </Button>
            <Button variant="primary" onClick={() => setAdding("rule")}>
              <Plus aria-hidden /> {t("rules.add")}
            </Button>
          </>
        )}
      </PageHeader>
      {view === "rules" ? (
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <RulesCard canManage={canManage} />
          <div className="grid gap-4">
            <ChannelsCard canManage={canManage} />
            {hasSms && <SmsLimitsCard />}
            <N8nCard canManage={canManage} />
            <WebhooksCard canManage={canManage} />
          </div>
        </div>
      ) : (
        <DeliveriesCard canManage={canManage} />
      )}
      {adding === "channel" && <ChannelDialog onClose={() => setAdding(null)} />}
      {adding === "rule" && <RuleDialog onClose={() => setAdding(null)} onNeedChannel={() => setAdding("channel")} />}
    </>
  );
}
