"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { MetricEntry, SourceEntry } from "@/lib/api/types";
import { useSources } from "@/lib/api/sources";
import { useSession } from "@/lib/session/context";
import { metricLabel } from "./labels";
import { MetricDialog } from "./metric-dialog";
import { useDeleteDefinition, useDeleteNumbers, useOwnMetrics } from "./queries";
import { SourceDialog } from "./source-dialog";

/** The platforms, and the sources of the org's own. */
export function SourcesCard() {
  const { can } = useSession();
  const { data, error, refetch } = useSources();
  const [open, setOpen] = useState<SourceEntry | "new" | null>(null);
  const manages = can("connections:manage");
  return (
    <Card aria-labelledby="sources-title">
      <CardHeader id="sources-title" title="Sources" note="Platforms, and your own">
        {manages && (
          <Button onClick={() => setOpen("new")}>
            <Plus aria-hidden /> Add a source
          </Button>
        )}
      </CardHeader>
      {error && !data && <ErrorState error={error} what="The sources" retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={4} />}
      <ul className="divide-y divide-line border-t border-line text-sm">
        {data?.map((source) => (
          <li key={source.slug} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
            <span className="min-w-40 flex-1">
              <span className="font-medium">{source.name}</span>
              <span className="block text-xs text-muted">
                {source.own ? `yours, one number a ${source.cadence}, days in ${source.time_zone}` : "platform"} ·{" "}
                {source.series} series{source.note ? ` · ${source.note}` : ""}
              </span>
            </span>
            {manages && source.own && source.series > 0 && <RemoveNumbers source={source} />}
            {manages && source.own && <Acts what="source" item={source} onChange={() => setOpen(source)} />}
          </li>
        ))}
      </ul>
      {open && <SourceDialog source={open === "new" ? null : open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

/** The metrics of the org's own. */
export function MetricsCard() {
  const { can } = useSession();
  const { data, error, refetch } = useOwnMetrics();
  const [open, setOpen] = useState<MetricEntry | "new" | null>(null);
  const manages = can("connections:manage");
  const add = manages && (
    <Button onClick={() => setOpen("new")}>
      <Plus aria-hidden /> Define a metric
    </Button>
  );
  return (
    <Card aria-labelledby="metrics-title">
      <CardHeader id="metrics-title" title="Your metrics" note="What is counted, and how days become a period">
        {data && data.length > 0 && add}
      </CardHeader>
      {error && !data && <ErrorState error={error} what="The metrics" retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={2} />}
      {data?.length === 0 && (
        <EmptyState title="No metric of your own yet" action={add}>
          Link clicks, ticket sales, sign-ups: define what you count, then add where it comes from.
        </EmptyState>
      )}
      <ul className="divide-y divide-line border-t border-line text-sm">
        {data?.map((metric) => (
          <li key={metric.slug} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
            <span className="min-w-40 flex-1">
              <span className="font-medium">{metric.name}</span>
              <span className="block text-xs text-muted">{metricLabel(metric)}</span>
            </span>
            {manages && <Acts what="metric" item={metric} onChange={() => setOpen(metric)} />}
          </li>
        ))}
      </ul>
      {open && <MetricDialog metric={open === "new" ? null : open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function RemoveNumbers({ source }: { source: SourceEntry }) {
  const [removing, setRemoving] = useState(false);
  const remove = useDeleteNumbers(() => setRemoving(false));
  return (
    <>
      <Button variant="ghost" aria-label={`Remove the numbers of ${source.name}`} onClick={() => setRemoving(true)}>
        Remove numbers
      </Button>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove all numbers of ${source.name}?`}
        act="Remove numbers"
        busy={remove.isPending}
        onConfirm={() => remove.mutate(source.slug)}
      >
        Everything that was typed or pushed is deleted for good, of every artist. Numbers of files go with their
        imports: undo those first.
      </ConfirmDialog>
    </>
  );
}

type ActsProps = { what: "source" | "metric"; item: { slug: string; name: string }; onChange: () => void };

function Acts({ what, item, onChange }: ActsProps) {
  const [removing, setRemoving] = useState(false);
  const remove = useDeleteDefinition(() => setRemoving(false));
  return (
    <>
      <Button variant="ghost" aria-label={`Change ${item.name}`} onClick={onChange}>
        Change
      </Button>
      <Button variant="ghost" aria-label={`Remove ${item.name}`} onClick={() => setRemoving(true)}>
        Remove
      </Button>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove ${item.name}?`}
        act="Remove"
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ what, slug: item.slug })}
      >
        Only what has no numbers, and is no goal of a campaign and in no rule, can be removed.
      </ConfirmDialog>
    </>
  );
}
