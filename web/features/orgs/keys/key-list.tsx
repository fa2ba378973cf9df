"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Key } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { ago, day } from "@/lib/format";
import { useRevokeKey } from "./queries";
import { t } from "../messages";

const isLive = (key: Key) => !key.revoked_at && key.role !== null;

/** All keys, active ones first. */
export function KeyList({ keys }: { keys: Key[] }) {
  const [revoking, setRevoking] = useState<Key | null>(null);
  const revoke = useRevokeKey(() => setRevoking(null));
  const sorted = [...keys.filter(isLive), ...keys.filter((key) => !isLive(key))];
  return (
    <>
      <ul className="divide-y divide-line">
        {sorted.map((key) => (
          <li key={key.id} className="flex min-h-16 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
            <div className={cn("min-w-0 flex-1 basis-56", !isLive(key) && "text-muted")}>
              <p className="flex flex-wrap items-center gap-2">
                <span className="min-w-0 truncate font-medium">{key.name}</span>
                {isLive(key) ? (
                  <>
                    <Badge tone="accent">{key.role && t(`roles.${key.role}.name`)}</Badge>
                    <Badge>{t(`scopes.${key.scope}.name`)}</Badge>
                  </>
                ) : (
                  <Badge>{t("keys.isRevoked")}</Badge>
                )}
              </p>
              <p className="mt-0.5 text-xs text-muted">
                <span className="font-mono">{key.start}…</span> · {about(key)}
              </p>
            </div>
            {isLive(key) && (
              <Button
                variant="ghost"
                aria-label={t("keys.revokeNamed", { name: key.name })}
                onClick={() => setRevoking(key)}
              >
                {t("keys.revoke")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title={t("keys.question", { name: revoking?.name ?? t("keys.thisKey") })}
        act={t("keys.revoke")}
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking.id)}
      >
        {t("keys.hint")}
      </ConfirmDialog>
    </>
  );
}

function about(key: Key): string {
  const use = key.revoked_at
    ? t("keys.revokedAgo", { ago: ago(key.revoked_at) })
    : key.last_used_at
      ? t("keys.usedAgo", { ago: ago(key.last_used_at) })
      : t("keys.neverUsed");
  const created = { day: day(key.created_at), use };
  return key.created_by ? t("keys.createdBy", { ...created, by: key.created_by }) : t("keys.created", created);
}
