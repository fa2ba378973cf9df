"use client";

import { LoadMore } from "@/components/load-more";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { AuditEntry } from "@/lib/api/types";
import { moment } from "@/lib/format";
import { auditActionLabel, auditDetailsLabel } from "./audit-labels";
import { useAudit } from "./queries";
import { t } from "../messages";

function who(entry: AuditEntry): string {
  if (!entry.actor) return "ARTi";
  if (entry.actor.key) return t("audit.key", { name: entry.actor.key });
  return entry.actor.email ?? t("audit.former");
}

/** Who did what, newest first. */
export function AuditCard() {
  const { items, error, refetch, ...paging } = useAudit();
  return (
    <Card aria-labelledby="audit-title">
      <CardHeader id="audit-title" title={t("members.audit")} note={t("audit.note")} />
      {error && !items && <ErrorState error={error} what={t("audit.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={8} />}
      <ul className="divide-y divide-line border-t border-line">
        {items?.map((entry) => (
          <li key={entry.id} className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm">
            <span className="min-w-0 basis-64 font-medium">{auditActionLabel(entry.action)}</span>
            <span className="min-w-0 flex-1 basis-60 break-words text-muted" title={JSON.stringify(entry.details)}>
              {auditDetailsLabel(entry)}
            </span>
            <span className="min-w-0 basis-52 truncate text-muted" title={who(entry)}>
              {who(entry)}
            </span>
            <time className="num shrink-0 text-xs text-muted">{moment(entry.created_at)}</time>
          </li>
        ))}
      </ul>
      <LoadMore {...paging} />
    </Card>
  );
}
