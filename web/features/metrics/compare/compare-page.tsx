"use client";

import { ChartLine as ChartIcon, Download, GitCompareArrows, Link2, Rows3 } from "lucide-react";
import { MetricHelp } from "@/components/metric-help";
import { OldData } from "@/components/old-data";
import { PageHeader } from "@/components/page-header";
import { ViewsMenu } from "@/components/saved-views/views-menu";
import { usePeriodShortcuts } from "@/components/shell/keyboard-shortcuts";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Checkbox, Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Comparison } from "@/lib/api/types";
import { PERIODS } from "@/lib/period";
import { saveFile } from "@/lib/save-file";
import { useToast } from "@/lib/toast";
import { metricName } from "@/lib/metric-names/metric-name";
import { ChartPart } from "./chart-part";
import { daysCsv, figuresCsv } from "./compare-data";
import { FiguresTable } from "./figures-table";
import { t } from "./messages";
import { useComparison } from "./queries";
import { SubjectsCard } from "./subjects-card";
import { useComparisonView, type ComparisonView } from "./use-comparison-view";
import { meaningOf, optionOf, periodOf } from "./words";

/** Two to six artists or songs in one chart and one table. The address holds the whole view. */
export function ComparePage() {
  const view = useComparisonView();
  usePeriodShortcuts(view.setDays);
  const { kind, ids, days, metric, provider } = view;
  const { data, error, refetch, isPlaceholderData } = useComparison({
    ...(kind === "song" ? { recording_id: ids } : { artist_id: ids }),
    metric,
    provider,
    days,
  });
  const { showToast } = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      showToast(t("link.copied"));
    } catch {
      showToast(t("link.notCopied"));
    }
  };
  const shown = ids.length > 0 ? data : undefined;

  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        <SegmentedControl
          label={t("period")}
          value={String(days)}
          onChange={(next) => view.setDays(Number(next))}
          options={PERIODS.map((each, at) => ({
            value: String(each),
            label: t("periodDays", { days: each }),
            title: t("periodKey", { key: at + 1 }),
          }))}
        />
        <ViewsMenu />
        {ids.length > 0 && (
          <Button onClick={() => void copy()}>
            <Link2 aria-hidden /> {t("link.copy")}
          </Button>
        )}
      </PageHeader>
      <div className="grid grid-cols-1 gap-4">
        <SubjectsCard view={view} subjects={shown?.subjects ?? []} />
        {ids.length === 0 && (
          <Card>
            <EmptyState icon={GitCompareArrows} title={t("empty.title")}>
              {t("empty.hint")}
            </EmptyState>
          </Card>
        )}
        {ids.length > 0 && error && !data && (
          <Card>
            <ErrorState error={error} what={t("what")} retry={() => void refetch()} />
          </Card>
        )}
        {ids.length > 0 && !data && !error && (
          <Card>
            <Skeleton className="m-4 h-80" />
            <SkeletonRows rows={3} />
          </Card>
        )}
        {shown && shown.columns.length === 0 && (
          <Card>
            <EmptyState title={t("empty.noNumbers")}>{t("empty.noNumbersHint")}</EmptyState>
          </Card>
        )}
        {shown && shown.columns.length > 0 && <Compared comparison={shown} view={view} old={isPlaceholderData} />}
      </div>
    </>
  );
}

function Compared({ comparison, view, old }: { comparison: Comparison; view: ComparisonView; old: boolean }) {
  const column = comparison.columns[0]!;
  const isOther = view.metric && !old && (view.metric !== column.metric || view.provider !== column.provider);
  const key = (each: { provider: string; metric: string }) => `${each.provider} ${each.metric}`;
  const save = (text: string, name: string) => saveFile(new Blob([text], { type: "text/csv" }), `${name}.csv`);
  return (
    <>
      <Card aria-labelledby="compare-chart">
        <CardHeader
          id="compare-chart"
          title={t("chart.title", { metric: metricName(column.metric, column.name), provider: column.provider_name })}
          help={<MetricHelp metrics={[column]} />}
          note={`${meaningOf(column)} · ${periodOf(column)}${view.indexed ? ` · ${t("chart.indexHint")}` : ""}`}
        >
          <Select
            aria-label={t("chart.metric")}
            className="h-8 w-64 text-sm"
            value={key(column)}
            onChange={(event) => {
              const [provider, metric] = event.target.value.split(" ");
              view.choose({ provider: provider!, metric: metric! });
            }}
          >
            {comparison.options.map((option) => (
              <option key={key(option)} value={key(option)}>
                {optionOf(option, comparison.subjects.length)}
              </option>
            ))}
          </Select>
          <SegmentedControl
            label={t("chart.scale")}
            value={view.indexed ? "index" : "values"}
            onChange={(scale) => view.set({ scale: scale === "index" ? scale : null })}
            options={[
              { value: "values", label: t("chart.values") },
              { value: "index", label: t("chart.index"), title: t("chart.indexHint") },
            ]}
          />
          <Checkbox
            label={t("chart.before")}
            checked={view.before}
            onChange={(event) => view.set({ before: event.target.checked ? "1" : null })}
          />
          <Button aria-pressed={view.asTable} onClick={() => view.set({ view: view.asTable ? null : "table" })}>
            {view.asTable ? <ChartIcon aria-hidden /> : <Rows3 aria-hidden />}
            {view.asTable ? t("chart.asChart") : t("chart.asTable")}
          </Button>
          <Button
            title={t("csvDays")}
            onClick={() => save(daysCsv(comparison), t("fileDays", { metric: metricName(column.metric, column.name) }))}
          >
            <Download aria-hidden /> {t("csv")}
          </Button>
        </CardHeader>
        {comparison.subjects.length === 1 && <p className="px-4 pb-2 text-sm text-muted">{t("add.oneMore")}</p>}
        {isOther && <p className="px-4 pb-2 text-sm text-warn">{t("chart.notStored")}</p>}
        <OldData when={old}>
          <ChartPart comparison={comparison} view={view} />
        </OldData>
      </Card>
      <Card aria-labelledby="compare-table">
        <CardHeader id="compare-table" title={t("table.title")} note={t("table.note")}>
          <Button title={t("csvTable")} onClick={() => save(figuresCsv(comparison), t("fileTable"))}>
            <Download aria-hidden /> {t("csv")}
          </Button>
        </CardHeader>
        <OldData when={old}>
          <FiguresTable comparison={comparison} onChoose={view.choose} />
        </OldData>
        {column.rank_note && <p className="border-t border-line px-4 py-2 text-xs text-muted">{column.rank_note}</p>}
      </Card>
    </>
  );
}
