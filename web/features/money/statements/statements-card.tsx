"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Link } from "@/components/link";
import { LoadMore } from "@/components/load-more";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { RoyaltyStatement } from "@/lib/api/types";
import { day, month, plural } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useDeleteStatement, useStatements } from "./queries";

const titleOf = (statement: RoyaltyStatement) => statement.title || statement.source;

/** What was imported or pushed together. One that was pushed is deleted here, one of a file by undoing its import. */
export function StatementsCard() {
  const { can } = useSession();
  const { items, error, refetch, ...paging } = useStatements();
  const [deleting, setDeleting] = useState<RoyaltyStatement | null>(null);
  const remove = useDeleteStatement(() => setDeleting(null));
  return (
    <Card aria-labelledby="statements-title">
      <CardHeader id="statements-title" title="Statements" note="What was imported or pushed together, newest first" />
      {error && !items && <ErrorState error={error} what="The statements" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={2} />}
      {items?.length === 0 && <p className="px-4 pb-3 text-sm text-muted">None yet.</p>}
      <ul className="divide-y divide-line text-sm">
        {items?.map((statement) => (
          <li key={statement.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
            <span className="min-w-0 flex-1 basis-60">
              <span className="block truncate font-medium">{titleOf(statement)}</span>
              <span className="block text-xs text-muted">{facts(statement)}</span>
            </span>
            {statement.import_id ? (
              <Link href={`/imports/?id=${statement.import_id}`} className="text-accent hover:underline">
                Its import
              </Link>
            ) : (
              can("money:write") && (
                <Button
                  variant="ghost"
                  aria-label={`Delete the statement ${titleOf(statement)}`}
                  onClick={() => setDeleting(statement)}
                >
                  Delete
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
      <LoadMore {...paging} />
      <ConfirmDialog
        open={deleting !== null}
        onOpenChange={(open) => !open && setDeleting(null)}
        title={`Delete ${deleting ? titleOf(deleting) : "this statement"}?`}
        act="Delete"
        busy={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting.id)}
      >
        {deleting && `${plural(deleting.lines, "line")} of ${deleting.source} will be gone from all sums, `}
        also from those of earlier days. This cannot be undone: push the lines again instead.
      </ConfirmDialog>
    </Card>
  );
}

function facts({ source, lines, first_month, last_month, created_at }: RoyaltyStatement): string {
  const [first, last] = [first_month, last_month].map((each) => each && month(`${each}-01`));
  const months = first === last ? first : `${first} – ${last}`;
  return [source, plural(lines, "line"), months, `recorded ${day(created_at)}`].filter(Boolean).join(" · ");
}
