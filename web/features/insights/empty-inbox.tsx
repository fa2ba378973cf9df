"use client";

import { CircleCheck, Sparkles } from "lucide-react";
import { Link } from "@/components/link";
import { Button, buttonStyle } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState } from "@/components/ui/state";
import { t } from "./messages";
import { useInsights } from "./queries";

/** Why the inbox is empty: nothing was found yet, or all that was found is dismissed or snoozed. */
export function EmptyInbox({ onShowSnoozed }: { onShowSnoozed: () => void }) {
  const snoozed = useInsights({ order: "newest", snoozed: true });
  const dismissed = useInsights({ order: "newest", status: "dismissed" });
  if ((!snoozed.items && !snoozed.error) || (!dismissed.items && !dismissed.error)) return <SkeletonRows rows={3} />;
  if (snoozed.items?.length || dismissed.items?.length) {
    return (
      <EmptyState
        icon={CircleCheck}
        title={t("empty.doneTitle")}
        action={snoozed.items?.length ? <Button onClick={onShowSnoozed}>{t("empty.showSnoozed")}</Button> : undefined}
      >
        {t("empty.doneHint")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Sparkles}
      title={t("empty.title")}
      action={
        <>
          <Link href="/accounts/" className={buttonStyle({ variant: "primary" })}>
            {t("empty.connect")}
          </Link>
          <Link href="/imports/" className={buttonStyle()}>
            {t("empty.import")}
          </Link>
        </>
      }
    >
      {t("empty.hint")}
    </EmptyState>
  );
}
