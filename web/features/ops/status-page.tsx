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
import { PARTS, STATES } from "./labels";

export function StatusPage() {
  const { data, error, refetch } = useHealth();
  return (
    <>
      <PageHeader title="Status" lead={data ? STATES[data.state].page : "The state of each service."}>
        {data && (
          <span className="text-sm text-muted" title={moment(data.checked_at)}>
            checked {ago(data.checked_at)}
          </span>
        )}
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="grid gap-4">
          <Card aria-labelledby="parts-title">
            <CardHeader id="parts-title" title="Services" note="Checked every ten seconds" />
            {error && !data && <ErrorState error={error} what="The health report" retry={() => void refetch()} />}
            {!data && !error && <SkeletonRows rows={6} />}
            <ul className="divide-y divide-line border-t border-line">
              {data?.parts.map((part) => (
                <li key={part.name} className="flex items-center gap-3 px-4 py-2.5">
                  <div className="min-w-0 flex-1">
                    <p className="font-medium">{PARTS[part.name]?.name ?? part.name.replaceAll("_", " ")}</p>
                    <p className={part.detail ? "text-sm text-down" : "text-sm text-muted"}>
                      {part.detail ?? PARTS[part.name]?.does}
                    </p>
                  </div>
                  {part.latency_ms != null && (
                    <span className="num text-xs text-muted">{exact(part.latency_ms)} ms</span>
                  )}
                  <Badge tone={STATES[part.state].tone}>{STATES[part.state].name}</Badge>
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
      <CardHeader
        id="isolation-title"
        title="Isolation"
        note="Tries to read and write another organisation’s rows in every table with your permissions"
      >
        <Button busy={test.isPending} onClick={() => test.mutate(undefined)}>
          <ShieldCheck aria-hidden /> Test it now
        </Button>
      </CardHeader>
      <div aria-live="polite" className="px-4 pb-4 text-sm">
        {report && (
          <>
            <Badge tone={report.passed ? "good" : "bad"}>{report.passed ? "Passed" : "Failed"}</Badge>
            <dl className="mt-2 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
              <dt className="text-muted">Foreign rows visible</dt>
              <dd className="num text-right font-medium">{exact(report.foreign_rows_visible)}</dd>
              <dt className="text-muted">Foreign writes accepted</dt>
              <dd className="num text-right font-medium">{exact(report.foreign_writes_accepted)}</dd>
              <dt className="text-muted">Tables checked</dt>
              <dd className="num text-right">{exact(report.tables_checked)}</dd>
              <dt className="text-muted">Policies checked</dt>
              <dd className="num text-right">{exact(report.policies_seen)}</dd>
              <dt className="text-muted">Policies that are not limited to your organisations</dt>
              <dd className="num text-right">{exact(report.open_policies)}</dd>
            </dl>
          </>
        )}
        {test.error && <p className="text-down">{errorMessage(test.error)}</p>}
      </div>
    </Card>
  );
}
