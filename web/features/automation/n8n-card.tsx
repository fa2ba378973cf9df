"use client";

import { ExternalLink, Plug, Workflow } from "lucide-react";
import { useState } from "react";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { components } from "@/lib/api/schema";
import { ago, moment } from "@/lib/format";
import { ConnectN8nDialog } from "./connect-n8n-dialog";
import { useN8n } from "./n8n-queries";
import { t } from "./messages";

type Connected = components["schemas"]["ConnectedWorkflow"];
type Run = components["schemas"]["WorkflowRun"];

const TONES = new Map<string, Tone>([
  ["success", "good"],
  ["error", "bad"],
  ["crashed", "bad"],
  ["canceled", "warn"],
  ["waiting", "warn"],
  ["running", "accent"],
]);
const STATES = ["success", "error", "crashed", "canceled", "waiting", "running"] as const;

/** The workflows that ARTi has made in n8n, with their last runs, and the button that makes another. */
export function N8nCard({ canManage }: { canManage: boolean }) {
  const { data, error, refetch } = useN8n();
  const [connecting, setConnecting] = useState(false);
  return (
    <Card aria-labelledby="n8n-title">
      <CardHeader id="n8n-title" title={t("kinds.n8n")} note={t("n8n.note")}>
        {data?.editor_url && (
          <a
            className="flex items-center gap-1 text-sm text-accent"
            href={data.editor_url}
            target="_blank"
            rel="noreferrer"
          >
            {t("n8n.open")} <ExternalLink className="size-3.5" aria-hidden />
          </a>
        )}
        {canManage && data?.can_connect && (
          <Button onClick={() => setConnecting(true)}>
            <Plug aria-hidden /> {t("n8n.connect")}
          </Button>
        )}
      </CardHeader>
      {error && !data && <ErrorState error={error} what={t("n8n.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={2} />}
      {data && data.workflows.length === 0 && (
        <EmptyState icon={Workflow} title={data.can_connect ? t("n8n.empty") : t("n8n.notConnected")}>
          {data.problem ?? t("n8n.hint")}
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {data?.workflows.map((workflow) => (
          <WorkflowRow key={workflow.id} workflow={workflow} hasEditor={data.editor_url !== null} />
        ))}
      </ul>
      {connecting && data && <ConnectN8nDialog templates={data.templates} onClose={() => setConnecting(false)} />}
    </Card>
  );
}

function WorkflowRow({ workflow, hasEditor }: { workflow: Connected; hasEditor: boolean }) {
  const unpublished = hasEditor ? t("n8n.publishThere") : t("n8n.operatorPublishes");
  return (
    <li className="grid gap-1.5 px-4 py-3">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        {workflow.name}
        {!workflow.problem && (
          <Badge tone={workflow.is_active ? "good" : "warn"}>
            {workflow.is_active ? t("n8n.published") : t("n8n.notPublished")}
          </Badge>
        )}
      </p>
      {workflow.problem && <p className="text-sm text-warn">{workflow.problem}</p>}
      {!workflow.problem && workflow.runs.length === 0 && (
        <p className="text-sm text-muted">{workflow.is_active ? t("n8n.notRun") : unpublished}</p>
      )}
      {workflow.runs.length > 0 && (
        <ul className="flex flex-wrap gap-x-3 gap-y-1 text-sm" aria-label={t("n8n.runs", { name: workflow.name })}>
          {workflow.runs.map((run) => (
            <RunItem key={run.id} run={run} />
          ))}
        </ul>
      )}
    </li>
  );
}

function RunItem({ run }: { run: Run }) {
  const state = STATES.find((each) => each === run.status);
  return (
    <li className="flex items-center gap-1.5">
      <Badge tone={TONES.get(run.status) ?? "neutral"}>{state ? t(`n8n.states.${state}`) : run.status}</Badge>
      <time className="text-muted" dateTime={run.started_at ?? undefined} title={moment(run.started_at)}>
        {ago(run.started_at)}
      </time>
    </li>
  );
}
