"use client";

import { RotateCcw, Send } from "lucide-react";
import { useState } from "react";
import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import type { Delivery } from "@/lib/api/types";
import { ago, fixed, moment } from "@/lib/format";
import { activeRegional } from "@/lib/regional";
import { useUrlState } from "@/lib/url-state";
import { useDeliveries, useRetryDelivery } from "./queries";
import { KIND_ICONS, STATUS_TONES, STATUSES } from "./labels";
import { t } from "./messages";

/** Every message to a channel, with each attempt. */
export function DeliveriesCard({ canManage }: { canManage: boolean }) {
  const { get, set } = useUrlState();
  const status = (get("status") as Delivery["status"]) || undefined;
  const { items, error, refetch, isPlaceholderData, ...paging } = useDeliveries(status);
  return (
    <Card aria-labelledby="deliveries-title" old={isPlaceholderData}>
      <CardHeader
        id="deliveries-title"
        title={t("view.deliveries")}
        note={t("deliveries.note", { zone: activeRegional().time_zone.replaceAll("_", " ") })}
      >
        <Select
          aria-label={t("deliveries.status")}
          className="h-8 w-44 text-sm"
          value={get("status")}
          onChange={(event) => set({ status: event.target.value })}
        >
          <option value="">{t("deliveries.anyStatus")}</option>
          {STATUSES.map((each) => (
            <option key={each} value={each}>
              {t(`statuses.${each}.name`)}
            </option>
          ))}
        </Select>
      </CardHeader>
      {error && !items && <ErrorState error={error} what={t("deliveries.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows />}
      {items?.length === 0 && status && <NoResults query="" onClear={() => set({ status: null })} />}
      {items?.length === 0 && !status && (
        <EmptyState icon={Send} title={t("deliveries.empty")}>
          {t("deliveries.emptyHint")}
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {items?.map((delivery) => (
          <DeliveryRow key={delivery.id} delivery={delivery} canManage={canManage} />
        ))}
      </ul>
      <LoadMore {...paging} />
    </Card>
  );
}

function DeliveryRow({ delivery, canManage }: { delivery: Delivery; canManage: boolean }) {
  const [open, setOpen] = useState(false);
  const retry = useRetryDelivery();
  const Icon = KIND_ICONS[delivery.kind];
  const name = t(`kinds.${delivery.kind}`);
  const { status } = delivery;
  const stuck = ["failed", "dead", "unknown", "held"].includes(delivery.status);
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <Icon className="size-4 shrink-0 text-muted" aria-label={name} />
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="min-w-0 flex-1 basis-56 truncate text-left font-medium hover:text-accent"
        >
          {delivery.subject}
        </button>
        <Badge tone={STATUS_TONES[status]} title={t(`statuses.${status}.hint`)}>
          {t(`statuses.${status}.name`)}
        </Badge>
        <time className="w-28 text-right text-xs text-muted" title={moment(delivery.created_at)}>
          {ago(delivery.created_at)}
        </time>
        {stuck && canManage && (
          <Button busy={retry.isPending} onClick={() => retry.mutate(delivery.id)}>
            <RotateCcw aria-hidden /> {t("deliveries.retry")}
          </Button>
        )}
      </div>
      <p className="mt-0.5 pl-7 text-sm text-muted">
        {[
          delivery.channel_name ?? name,
          delivery.recipient,
          delivery.rule_name && t("deliveries.rule", { name: delivery.rule_name }),
          delivery.attempts.length > 0 && t("deliveries.attempts", { count: delivery.attempts.length }),
        ]
          .filter(Boolean)
          .join(" · ")}
        {stuck && delivery.last_error && <span className="block text-down">{delivery.last_error}</span>}
      </p>
      {open && (
        <ol className="mt-2 ml-7 grid gap-1 border-l-2 border-line pl-3 text-xs text-muted">
          {delivery.attempts.map((attempt) => (
            <li key={attempt.attempt} className="num">
              {attemptLabel(attempt)}
            </li>
          ))}
          {delivery.attempts.length === 0 && (
            <li>{status === "mailbox" ? t("statuses.mailbox.hint") : t("deliveries.notSent")}</li>
          )}
        </ol>
      )}
    </li>
  );
}

function attemptLabel(attempt: Delivery["attempts"][number]): string {
  const { attempt: number, started_at, outcome, response_status, duration_seconds, error } = attempt;
  return [
    t("deliveries.attempt", { number, moment: moment(started_at), outcome: t(`outcomes.${outcome}`) }),
    response_status != null && t("deliveries.answer", { status: response_status }),
    duration_seconds != null && t("deliveries.seconds", { seconds: fixed(duration_seconds, 2) }),
    error,
  ]
    .filter(Boolean)
    .join(", ");
}
