"use client";

import { Cable, CircleCheck, FileQuestion, Inbox, Send, type LucideIcon } from "lucide-react";
import { Link } from "@/components/link";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Need } from "@/lib/api/types";
import { namesOf, NEEDS } from "./words";
import { t } from "./messages";

const ICONS: Record<Need["kind"], LucideIcon> = {
  reconnect: Cable,
  import_questions: FileQuestion,
  exports_due: Inbox,
  failed_deliveries: Send,
};

/** What waits for a person, as links to where it is done. */
export function NeedsCard({ needs }: { needs: Need[] | undefined }) {
  return (
    <Card aria-labelledby="needs-title" className="self-start">
      <CardHeader id="needs-title" title={t("needs.title")} />
      {!needs && <SkeletonRows rows={2} />}
      {needs?.length === 0 && (
        <p className="flex items-center gap-2 px-4 pb-4 text-sm text-muted">
          <CircleCheck className="size-4 text-up" aria-hidden /> {t("needs.nothing")}
        </p>
      )}
      {needs && needs.length > 0 && (
        <ul className="divide-y divide-line border-t border-line">
          {needs.map((need) => {
            const Icon = ICONS[need.kind];
            return (
              <li key={need.kind}>
                <Link
                  href={NEEDS[need.kind]}
                  data-row
                  className="group flex gap-3 px-4 py-2.5 text-sm hover:bg-hover focus-visible:-outline-offset-2"
                >
                  <Icon className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
                  <span className="min-w-0">
                    <span className="block font-medium group-hover:text-accent">
                      {t(`needs.${need.kind}`, { count: need.count })}
                    </span>
                    {need.artists.length > 0 && <span className="block text-xs text-muted">{namesOf(need)}</span>}
                  </span>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
