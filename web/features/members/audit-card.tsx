"use client";

import { More } from "@/components/more";
import { Card, CardHead } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Failed } from "@/components/ui/state";
import type { AuditEntry } from "@/lib/api/types";
import { moment } from "@/lib/format";
import { useAudit } from "./queries";

function who(entry: AuditEntry): string {
  if (!entry.actor) return "ARTi itself";
  if (entry.actor.email?.endsWith("@keys.invalid")) return "An API key";
  return entry.actor.email ?? "A former member";
}

/** Who did what, newest first. */
export function AuditCard() {
  const { items, error, refetch, ...paging } = useAudit();
  return (
    <Card aria-labelledby="audit-title">
      <CardHead id="audit-title" title="Audit log" note="Written in the same transaction as the act; times in UTC" />
      {error && !items && <Failed error={error} what="The audit log" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={8} />}
      <ul className="divide-y divide-line border-t border-line">
        {items?.map((entry) => (
          <li key={entry.id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
            <time className="num w-44 shrink-0 text-muted">{moment(entry.created_at)}</time>
            <span className="min-w-48 font-medium">{who(entry)}</span>
            <span className="font-mono text-xs">{entry.action}</span>
            <span className="min-w-0 flex-1 basis-60 truncate text-right font-mono text-xs text-muted" title={JSON.stringify(entry.details)}>
              {Object.entries(entry.details)
                .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
                .join(", ")}
            </span>
          </li>
        ))}
      </ul>
      <More {...paging} />
    </Card>
  );
}
