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

type Connected = components["schemas"]["ConnectedWorkflow"];
type Run = components["schemas"]["WorkflowRun"];

const STATES: Record<string, { tone: Tone; name: string }> = {
  success: { tone: "good", name: "succeeded" },
  error: { tone: "bad", name: "failed" },
  crashed: { tone: "bad", name: "crashed" },
  canceled: { tone: "warn", name: "cancelled" },
  waiting: { tone: "warn", name: "waiting" },
  running: { tone: "accent", name: "running" },
};

/** The workflows that ARTi has made in n8n, with their last runs, and the button that makes another. */
export function N8nCard({ canManage }: { canManage: boolean }) {
  const { data, error, refetch } = useN8n();
  const [connecting, setConnecting] = useState(false);
  return (
    <Card aria-labelledby="n8n-title">
      <CardHeader id="n8n-title" title="n8n" note="Workflows made here, with their last five runs">
        {data?.editor_url && (
          <a
            className="flex items-center gap-1 text-sm text-accent"
            href={data.editor_url}
            target="_blank"
            rel="noreferrer"
          >
            Open n8n <ExternalLink className="size-3.5" aria-hidden />
          </a>
        )}
        {canManage && data?.can_connect && (
          <Button onClick={() => setConnecting(true)}>
            <Plug aria-hidden /> Connect n8n
          </Button>
        )}
      </CardHeader>
      {error && !data && <ErrorState error={error} what="The workflows" retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={2} />}
      {data && data.workflows.length === 0 && (
        <EmptyState icon={Workflow} title={data.can_connect ? "No workflow yet" : "Not connected"}>
          {data.problem ?? "Connect n8n makes a channel, its secret and a workflow in one step."}
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
  const unpublished = hasEditor
    ? "Open it in n8n, add what it needs, and publish it there."
    : "The operator adds what it needs in n8n, and publishes it there.";
  return (
    <li className="grid gap-1.5 px-4 py-3">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        {workflow.name}
        {!workflow.problem && (
          <Badge tone={workflow.is_active ? "good" : "warn"}>
            {workflow.is_active ? "published" : "not published"}
          </Badge>
        )}
      </p>
      {workflow.problem && <p className="text-sm text-warn">{workflow.problem}</p>}
      {!workflow.problem && workflow.runs.length === 0 && (
        <p className="text-sm text-muted">{workflow.is_active ? "It has not run yet." : unpublished}</p>
      )}
      {workflow.runs.length > 0 && (
        <ul className="flex flex-wrap gap-x-3 gap-y-1 text-sm" aria-label={`Last runs of ${workflow.name}`}>
          {workflow.runs.map((run) => (
            <RunItem key={run.id} run={run} />
          ))}
        </ul>
      )}
    </li>
  );
}

function RunItem({ run }: { run: Run }) {
  const state = STATES[run.status] ?? { tone: "neutral" as Tone, name: run.status };
  return (
    <li className="flex items-center gap-1.5">
      <Badge tone={state.tone}>{state.name}</Badge>
      <time className="text-muted" dateTime={run.started_at ?? undefined} title={moment(run.started_at)}>
        {ago(run.started_at)}
      </time>
    </li>
  );
}
