"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { exact, fileSize } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useQuotas } from "./queries";
import { t } from "./messages";

const NEARLY_FULL = 0.8;
const SHOWN_FIRST = 3;

/** How much the org has of what is limited, and how much it may have: the fullest first. */
export function QuotasCard() {
  const { can } = useSession();
  const { data: quotas, error, refetch } = useQuotas(can("org:manage"));
  const [all, setAll] = useState(false);
  if (!can("org:manage")) return null;
  const used = quotas?.filter((quota) => quota.used > 0).sort((a, b) => b.used / b.allowed - a.used / a.allowed);
  const nearlyFull = used?.filter((quota) => quota.used >= quota.allowed * NEARLY_FULL).length ?? 0;
  const shown = all ? used : used?.slice(0, Math.max(SHOWN_FIRST, nearlyFull));
  return (
    <Card aria-labelledby="quotas-title">
      <CardHeader id="quotas-title" title={t("limits.title")} note={t("limits.note")} />
      {error && !quotas && <ErrorState error={error} what={t("limits.what")} retry={() => void refetch()} />}
      {!quotas && !error && <SkeletonRows rows={4} />}
      {used?.length === 0 && <p className="border-t border-line px-4 py-3 text-sm text-muted">{t("limits.empty")}</p>}
      {used && used.length > 0 && (
        <table className="w-full border-t border-line text-sm">
          <thead className="text-xs text-muted">
            <tr>
              <th className="px-4 py-2 text-left font-medium">{t("limits.resource")}</th>
              <th className="px-2 py-2 text-right font-medium">{t("limits.used")}</th>
              <th className="px-4 py-2 text-right font-medium">{t("limits.limit")}</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line border-t border-line">
            {shown?.map(({ resource, used, allowed, unit }) => {
              const show = unit === "bytes" ? fileSize : exact;
              return (
                <tr key={resource}>
                  <td className="px-4 py-1.5">
                    {label(resource, unit)}
                    {used >= allowed * NEARLY_FULL && <span className="text-warn"> {t("limits.nearlyFull")}</span>}
                  </td>
                  <td className="px-2 py-1.5 text-right tabular-nums">{show(used)}</td>
                  <td className="px-4 py-1.5 text-right tabular-nums">{show(allowed)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {used && shown && used.length > shown.length && (
        <div className="border-t border-line px-4 py-2">
          <Button variant="link" onClick={() => setAll(true)}>
            {t("limits.all", { count: used.length })}
          </Button>
        </div>
      )}
    </Card>
  );
}

function label(resource: string, unit: string): string {
  const words = unit === "bytes" ? resource.replace("bytes of ", "") : resource;
  return words[0]!.toUpperCase() + words.slice(1);
}
