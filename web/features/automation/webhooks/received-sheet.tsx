"use client";

import { CopyText } from "@/components/copy-text";
import { LoadMore } from "@/components/load-more";
import { Badge, type Tone } from "@/components/ui/badge";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { WebhookSource } from "@/lib/api/types";
import { moment } from "@/lib/format";
import { useWebhookEvents } from "./queries";
import { SENDERS } from "./words";

const STATUS: Record<string, { name: string; tone: Tone }> = {
  received: { name: "Waiting", tone: "neutral" },
  processed: { name: "Done", tone: "good" },
  failed: { name: "Failed", tone: "bad" },
};

/** Where a sender sends to, and its calls with what became of each. */
export function ReceivedSheet({ source, onClose }: { source: WebhookSource; onClose: () => void }) {
  const { items, error, refetch, ...paging } = useWebhookEvents(source.source);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={SENDERS[source.source].name}
      description="It sends to this address. What arrived stands below, newest first."
    >
      <CopyText text={source.url} label="Address" />
      {error && !items && <ErrorState error={error} what="The calls" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={4} />}
      {items?.length === 0 && <p className="py-4 text-sm text-muted">Nothing has arrived yet.</p>}
      <ul className="divide-y divide-line">
        {items?.map((event) => {
          const status = STATUS[event.status]!;
          return (
            <li key={event.id} className="grid gap-1 py-2.5 text-sm">
              <span className="flex flex-wrap items-center gap-2">
                <Badge tone={status.tone}>{status.name}</Badge>
                <span className="min-w-0 truncate font-mono text-xs">{event.external_id}</span>
                <time className="num ml-auto text-xs text-muted">{moment(event.received_at)}</time>
              </span>
              {event.note && <span className="text-muted">{event.note}</span>}
              <details className="text-xs text-muted">
                <summary className="cursor-pointer">What it said</summary>
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
