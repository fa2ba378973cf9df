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
import { t } from "./messages";
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
      <CardHeader id="sources-title" title={t("list.title")} note={t("list.note")}>
        {manages && (
          <Button onClick={() => setOpen("new")}>
            <Plus aria-hidden /> {t("list.add")}
          </Button>
        )}
      </CardHeader>
      {error && !data && <ErrorState error={error} what={t("list.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={4} />}
      <ul className="divide-y divide-line border-t border-line text-sm">
        {data?.map((source) => (
          <li key={source.slug} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
            <span className="min-w-40 flex-1">
              <span className="font-medium">{source.name}</span>
              <span className="block text-xs text-muted">
                {[
                  source.own ? t("list.own", { cadence: source.cadence, zone: source.time_zone }) : t("list.platform"),
                  t("list.series", { count: source.series }),
                  source.note,
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </span>
            {manages && source.own && source.series > 0 && <RemoveNumbers source={source} />}
            {manages && source.own && <Acts kind="source" item={source} onChange={() => setOpen(source)} />}
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
      <Plus aria-hidden /> {t("metrics.define")}
    </Button>
  );
  return (
    <Card aria-labelledby="metrics-title">
      <CardHeader id="metrics-title" title={t("metrics.title")} note={t("metrics.note")}>
        {data && data.length > 0 && add}
      </CardHeader>
      {error && !data && <ErrorState error={error} what={t("metrics.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={2} />}
      {data?.length === 0 && (
        <EmptyState title={t("metrics.none")} action={add}>
          {t("metrics.noneHint")}
        </EmptyState>
      )}
      <ul className="divide-y divide-line border-t border-line text-sm">
        {data?.map((metric) => (
          <li key={metric.slug} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
            <span className="min-w-40 flex-1">
              <span className="font-medium">{metric.name}</span>
              <span className="block text-xs text-muted">{metricLabel(metric)}</span>
            </span>
            {manages && <Acts kind="metric" item={metric} onChange={() => setOpen(metric)} />}
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
      <Button
        variant="ghost"
        aria-label={t("numbers.removeOf", { name: source.name })}
        onClick={() => setRemoving(true)}
      >
        {t("numbers.remove")}
      </Button>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t("numbers.question", { name: source.name })}
        act={t("numbers.remove")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(source.slug)}
      >
        {t("numbers.warning")}
      </ConfirmDialog>
    </>
  );
}

type ActsProps = { kind: "source" | "metric"; item: { slug: string; name: string }; onChange: () => void };

function Acts({ kind, item, onChange }: ActsProps) {
  const [removing, setRemoving] = useState(false);
  const remove = useDeleteDefinition(() => setRemoving(false));
  return (
    <>
      <Button variant="ghost" aria-label={t("changeOf", { name: item.name })} onClick={onChange}>
        {t("change")}
      </Button>
      <Button variant="ghost" aria-label={t("removeOf", { name: item.name })} onClick={() => setRemoving(true)}>
        {t("remove")}
      </Button>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t("removeQuestion", { name: item.name })}
        act={t("remove")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ what: kind, slug: item.slug })}
      >
        {t("removeHint")}
      </ConfirmDialog>
    </>
  );
}
