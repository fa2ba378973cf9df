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
import { ago, moment, plural } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { useDeliveries, useRetryDelivery } from "./queries";
import { DELIVERY, DELIVERY_TRY, KINDS } from "./labels";

/** Every message to a channel, with each attempt. */
export function DeliveriesCard({ canManage }: { canManage: boolean }) {
  const { get, set } = useUrlState();
  const status = (get("status") as Delivery["status"]) || undefined;
  const { items, error, refetch, isPlaceholderData, ...paging } = useDeliveries(status);
  return (
    <Card aria-labelledby="deliveries-title" old={isPlaceholderData}>
      <CardHeader id="deliveries-title" title="Deliveries" note="Newest first; times in UTC">
        <Select
          aria-label="Status"
          className="h-8 w-44 text-sm"
          value={get("status")}
          onChange={(event) => set({ status: event.target.value })}
        >
          <option value="">Any status</option>
          {Object.entries(DELIVERY).map(([each, { name }]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </Select>
      </CardHeader>
      {error && !items && <ErrorState error={error} what="The deliveries" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows />}
      {items?.length === 0 && status && <NoResults query="" onClear={() => set({ status: null })} />}
      {items?.length === 0 && !status && (
        <EmptyState icon={Send} title="No deliveries yet">
          As soon as a rule matches an event, its message is listed here with every attempt.
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
  const { icon: Icon, name } = KINDS[delivery.kind];
  const status = DELIVERY[delivery.status];
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
        <Badge tone={status.tone} title={status.description}>
          {status.name}
        </Badge>
        <time className="w-28 text-right text-xs text-muted" title={moment(delivery.created_at)}>
          {ago(delivery.created_at)}
        </time>
        {stuck && canManage && (
          <Button busy={retry.isPending} onClick={() => retry.mutate(delivery.id)}>
            <RotateCcw aria-hidden /> Try again
          </Button>
        )}
      </div>
      <p className="mt-0.5 pl-7 text-sm text-muted">
        {[
          delivery.channel_name ?? name,
          delivery.recipient,
          delivery.rule_name && `rule “${delivery.rule_name}”`,
          delivery.attempts.length > 0 && plural(delivery.attempts.length, "attempt"),
        ]
          .filter(Boolean)
          .join(" · ")}
        {stuck && delivery.last_error && <span className="block text-down">{delivery.last_error}</span>}
      </p>
      {open && (
        <ol className="mt-2 ml-7 grid gap-1 border-l-2 border-line pl-3 text-xs text-muted">
          {delivery.attempts.map((attempt) => (
            <li key={attempt.attempt} className="num">
              Attempt {attempt.attempt}, {moment(attempt.started_at)}: {DELIVERY_TRY[attempt.outcome]}
              {attempt.response_status != null && `, answer ${attempt.response_status}`}
              {attempt.duration_seconds != null && `, ${attempt.duration_seconds.toFixed(2)} s`}
              {attempt.error && `, ${attempt.error}`}
            </li>
          ))}
          {delivery.attempts.length === 0 && (
            <li>{delivery.status === "mailbox" ? status.description : "Not sent yet."}</li>
          )}
        </ol>
      )}
    </li>
  );
}
