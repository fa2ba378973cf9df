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
import { day, month } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { t } from "../messages";
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
      <CardHeader id="statements-title" title={t("statements.title")} note={t("statements.note")} />
      {error && !items && <ErrorState error={error} what={t("statements.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={2} />}
      {items?.length === 0 && <p className="px-4 pb-3 text-sm text-muted">{t("statements.none")}</p>}
      <ul className="divide-y divide-line text-sm">
        {items?.map((statement) => (
          <li key={statement.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
            <span className="min-w-0 flex-1 basis-60">
              <span className="block truncate font-medium">{titleOf(statement)}</span>
              <span className="block text-xs text-muted">{facts(statement)}</span>
            </span>
            {statement.import_id ? (
              <Link href={`/imports/?id=${statement.import_id}`} className="text-accent hover:underline">
                {t("statements.import")}
              </Link>
            ) : (
              can("money:write") && (
                <Button
                  variant="ghost"
                  aria-label={t("statements.deleteOf", { title: titleOf(statement) })}
                  onClick={() => setDeleting(statement)}
                >
                  {t("statements.delete")}
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
        title={deleting ? t("statements.question", { title: titleOf(deleting) }) : ""}
        act={t("statements.delete")}
        busy={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting.id)}
      >
        {deleting && t("statements.warning", { count: deleting.lines, source: deleting.source })}
      </ConfirmDialog>
    </Card>
  );
}

function facts({ source, lines, first_month, last_month, created_at }: RoyaltyStatement): string {
  const [first, last] = [first_month, last_month].map((each) => each && month(`${each}-01`));
  const months = first === last ? first : `${first} – ${last}`;
  return [source, t("statements.lines", { count: lines }), months, t("statements.recorded", { day: day(created_at) })]
    .filter(Boolean)
    .join(" · ");
}
