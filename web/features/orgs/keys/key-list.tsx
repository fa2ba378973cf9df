"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Key } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { ago, day } from "@/lib/format";
import { KEY_ROLE_LABELS, KEY_SCOPE_LABELS } from "./labels";
import { useRevokeKey } from "./queries";

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
                    <Badge tone="accent">{KEY_ROLE_LABELS[key.role ?? ""]?.name ?? key.role}</Badge>
                    <Badge>{KEY_SCOPE_LABELS[key.scope].name}</Badge>
                  </>
                ) : (
                  <Badge>Revoked</Badge>
                )}
              </p>
              <p className="mt-0.5 text-xs text-muted">
                <span className="font-mono">{key.start}…</span> · created {day(key.created_at)}
                {key.created_by && ` by ${key.created_by}`} ·{" "}
                {key.revoked_at
                  ? `revoked ${ago(key.revoked_at)}`
                  : key.last_used_at
                    ? `used ${ago(key.last_used_at)}`
                    : "never used"}
              </p>
            </div>
            {isLive(key) && (
              <Button variant="ghost" aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
                Revoke
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title={`Revoke ${revoking?.name ?? "this key"}?`}
        act="Revoke"
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking.id)}
      >
        Programs that use it are refused within a second. A revoked key cannot be restored: create a new one instead.
      </ConfirmDialog>
    </>
  );
}
