"use client";

import { ShieldCheck } from "lucide-react";
import { PageHeader } from "@/components/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { errorMessage } from "@/lib/api/error";
import { ago, exact, moment } from "@/lib/format";
import { JobsCard } from "./jobs-card";
import { useHealth, useIsolationTest } from "./queries";
import { partDoes, partName, STATE_TONES } from "./labels";
import { t } from "./messages";

export function StatusPage() {
  const { data, error, refetch } = useHealth();
  return (
    <>
      <PageHeader title={t("title")} lead={data ? t(`pages.${data.state}`) : t("lead")}>
        {data && (
          <span className="text-sm text-muted" title={moment(data.checked_at)}>
            {t("checked", { ago: ago(data.checked_at) })}
          </span>
        )}
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="grid gap-4">
          <Card aria-labelledby="parts-title">
            <CardHeader id="parts-title" title={t("services.title")} note={t("services.note")} />
            {error && !data && <ErrorState error={error} what={t("services.what")} retry={() => void refetch()} />}
            {!data && !error && <SkeletonRows rows={6} />}
            <ul className="divide-y divide-line border-t border-line">
              {data?.parts.map((part) => (
                <li key={part.name} className="flex items-center gap-3 px-4 py-2.5">
                  <div className="min-w-0 flex-1">
                    <p className="font-medium">{partName(part.name)}</p>
                    <p className={part.detail ? "text-sm text-down" : "text-sm text-muted"}>
                      {part.detail ?? partDoes(part.name)}
                    </p>
                  </div>
                  {part.latency_ms != null && (
                    <span className="num text-xs text-muted">
                      {t("services.ms", { count: exact(part.latency_ms) })}
                    </span>
                  )}
                  <Badge tone={STATE_TONES[part.state]}>{t(`states.${part.state}`)}</Badge>
                </li>
              ))}
            </ul>
          </Card>
          <Isolation />
        </div>
        <JobsCard />
      </div>
    </>
  );
}

/** Check with the user's own claims that another organisation's rows can neither be read nor written. */
function Isolation() {
  const test = useIsolationTest();
  const report = test.data;
  return (
    <Card aria-labelledby="isolation-title">
      <CardHeader id="isolation-title" title={t("isolation.title")} note={t("isolation.note")}>
        <Button busy={test.isPending} onClick={() => test.mutate(undefined)}>
          <ShieldCheck aria-hidden /> {t("isolation.test")}
        </Button>
      </CardHeader>
      <div aria-live="polite" className="px-4 pb-4 text-sm">
        {report && (
          <>
            <Badge tone={report.passed ? "good" : "bad"}>
              {report.passed ? t("isolation.passed") : t("isolation.failed")}
            </Badge>
            <dl className="mt-2 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
              <dt className="text-muted">{t("isolation.visible")}</dt>
              <dd className="num text-right font-medium">{exact(report.foreign_rows_visible)}</dd>
              <dt className="text-muted">{t("isolation.accepted")}</dt>
              <dd className="num text-right font-medium">{exact(report.foreign_writes_accepted)}</dd>
              <dt className="text-muted">{t("isolation.tables")}</dt>
              <dd className="num text-right">{exact(report.tables_checked)}</dd>
              <dt className="text-muted">{t("isolation.policies")}</dt>
              <dd className="num text-right">{exact(report.policies_seen)}</dd>
              <dt className="text-muted">{t("isolation.open")}</dt>
              <dd className="num text-right">{exact(report.open_policies)}</dd>
            </dl>
          </>
        )}
        {test.error && <p className="text-down">{errorMessage(test.error)}</p>}
      </div>
    </Card>
  );
}
