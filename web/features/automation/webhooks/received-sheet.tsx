"use client";

import { CopyText } from "@/components/copy-text";
import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { WebhookSource } from "@/lib/api/types";
import { moment } from "@/lib/format";
import { useWebhookEvents } from "./queries";
import { t } from "../messages";

const TONES = { received: "neutral", processed: "good", failed: "bad" } as const;

/** Where a sender sends to, and its calls with what became of each. */
export function ReceivedSheet({ source, onClose }: { source: WebhookSource; onClose: () => void }) {
  const { items, error, refetch, ...paging } = useWebhookEvents(source.source);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={t(`senders.${source.source}`)}
      description={t("received.lead")}
    >
      <CopyText text={source.url} label={t("channel.address")} />
      {error && !items && <ErrorState error={error} what={t("received.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={4} />}
      {items?.length === 0 && <p className="py-4 text-sm text-muted">{t("received.empty")}</p>}
      <ul className="divide-y divide-line">
        {items?.map((event) => {
          const status = event.status as keyof typeof TONES;
          return (
            <li key={event.id} className="grid gap-1 py-2.5 text-sm">
              <span className="flex flex-wrap items-center gap-2">
                <Badge tone={TONES[status]}>{t(`received.statuses.${status}`)}</Badge>
                <span className="min-w-0 truncate font-mono text-xs">{event.external_id}</span>
                <time className="num ml-auto text-xs text-muted">{moment(event.received_at)}</time>
              </span>
              {event.note && <span className="text-muted">{event.note}</span>}
              <details className="text-xs text-muted">
                <summary className="cursor-pointer">{t("received.said")}</summary>
                <pre className="mt-1 overflow-x-auto rounded-md bg-sunken p-2">
                  {JSON.stringify(event.payload, null, 2)}
                </pre>
              </details>
            </li>
          );
        })}
      </ul>
      <LoadMore {...paging} />
    </Sheet>
  );
}
