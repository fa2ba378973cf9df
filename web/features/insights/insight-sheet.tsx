"use client";

import { Link2 } from "lucide-react";
import { Link } from "@/components/link";
import { useEffect } from "react";
import { StoryChart } from "@/components/charts/story-chart";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { Evidence, InsightDetail } from "@/lib/api/types";
import { dayRange, moment, unitSuffix, wholePercent, unitName } from "@/lib/format";
import { useToast } from "@/lib/toast";
import { useUrlState } from "@/lib/url-state";
import { metricName } from "@/lib/metric-names/metric-name";
import { Comments } from "./comments";
import { EvidencePanel } from "./evidence-panel";
import { EvidenceText } from "./evidence-text";
import { FeedbackForm } from "./feedback-form";
import { useDossier, useInsight, useMarkRead } from "./queries";
import { detectorName, detectorReason, SEVERITY_TONES } from "./labels";
import { t } from "./messages";
import { useAcknowledge } from "./use-acknowledge";
import { TeamActions } from "./team-actions";

export function InsightSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch } = useInsight(id);
  const { mutate: markRead } = useMarkRead();
  const isUnread = data?.id === id && !data.is_read;
  useEffect(() => {
    if (isUnread) markRead({ insight_ids: [id], read: true });
  }, [isUnread, id, markRead]);
  useAcknowledge(data?.id === id ? data : undefined);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={data ? data.title : error ? t("sheet.title") : t("sheet.loading")}
      className="w-[min(640px,100vw)]"
    >
      {error && <ErrorState error={error} what={t("sheet.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows className="px-0" />}
      {data && <Detail insight={data} />}
    </Sheet>
  );
}

function Detail({ insight }: { insight: InsightDetail }) {
  // In the address, so that a link leads to the rows behind one number.
  const { get, set } = useUrlState();
  const open = get("evidence") || null;
  const setOpen = (slot: string | null) => set({ evidence: slot });
  const shown = insight.evidence.find((each) => each.slot === open);
  const toggle = (slot: string) => setOpen(open === slot ? null : slot);
  const passages = insight.evidence.filter((each) => each.chunk);
  return (
    <div className="grid grid-cols-1 gap-5">
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={SEVERITY_TONES[insight.severity]}>{t(`severities.${insight.severity}`)}</Badge>
        <Badge>{detectorName(insight.detector)}</Badge>
        <ProviderName provider={insight.provider} />
        <span className="text-muted">·</span>
        <Link href={`/artist/?id=${insight.artist_id}`} className="font-medium text-accent hover:underline">
          {insight.artist_name}
        </Link>
        <ShareButton />
      </div>
      {insight.withdrawn_reason && (
        <p role="status" className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {t("sheet.withdrawn", { reason: insight.withdrawn_reason })}
        </p>
      )}
      <StoryChart
        chart={insight.chart}
        happenedOn={insight.happened_on}
        metric={metricName(insight.metric, insight.metric_name)}
        direction={insight.direction}
        className="h-24 w-full"
      />
      <p className="text-lg leading-7">
        <EvidenceText pieces={insight.pieces} evidence={insight.evidence} open={open} onOpen={toggle} />
      </p>
      {shown && <EvidencePanel insightId={insight.id} evidence={shown} onClose={() => setOpen(null)} />}
      <Numbers evidence={inTextOrder(insight.evidence, insight.pieces)} open={open} onOpen={toggle} />
      {insight.next_step && (
        <p className="rounded-md bg-hover px-3 py-2 text-sm">
          {t.rich("sheet.nextStep", {
            step: insight.next_step,
            strong: (chunks) => <span className="font-medium">{chunks}</span>,
          })}
        </p>
      )}
      {insight.release_id && (
        <Link
          href={`/release/?id=${insight.release_id}`}
          className="justify-self-start font-medium text-accent hover:underline"
        >
          {t("sheet.release")}
        </Link>
      )}
      {insight.dossier && <Dossier insightId={insight.id} />}
      <Parts parts={insight.parts} />
      {passages.map((each) => (
        <figure key={each.slot} className="border-l-2 border-line pl-3 text-sm">
          <blockquote className="text-muted">{each.chunk!.text}</blockquote>
          <figcaption className="mt-1 text-xs text-muted">
            {t.rich("sheet.passage", {
              document: each.chunk!.document_title,
              link: (chunks) => (
                <Link href={`/knowledge/?id=${each.chunk!.document_id}`} className="text-accent hover:underline">
                  {chunks}
                </Link>
              ),
            })}
          </figcaption>
        </figure>
      ))}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted">{t("sheet.metric")}</dt>
        <dd>
          {insight.metric_name.toLowerCase() === insight.unit
            ? metricName(insight.metric, insight.metric_name)
            : t("sheet.metricInUnit", {
                metric: metricName(insight.metric, insight.metric_name),
                unit: unitName(insight.unit),
              })}
          {insight.asset_title && ` · ${insight.asset_title}`}
        </dd>
        <dt className="text-muted">{t("sheet.period")}</dt>
        <dd>{dayRange(insight.period_from, insight.period_to)}</dd>
        <dt className="text-muted">{t("sheet.why")}</dt>
        <dd>{detectorReason(insight.detector)}</dd>
        <dt className="text-muted">{t("sheet.confidence")}</dt>
        <dd className="num">{wholePercent(insight.confidence)}</dd>
        <dt className="text-muted">{t("sheet.writtenBy")}</dt>
        <dd>
          {t(insight.narrator === "templates" ? "sheet.byTemplates" : "sheet.byModel", {
            model: insight.narrator,
            when: moment(insight.created_at),
          })}
        </dd>
      </dl>
      <TeamActions insights={[insight]} />
      <Comments insightId={insight.id} />
      <FeedbackForm insight={insight} />
    </div>
  );
}

function Dossier({ insightId }: { insightId: string }) {
  const download = useDossier(insightId);
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm">
      <Button disabled={download.isPending} onClick={() => download.mutate()}>
        {t("dossier.download")}
      </Button>
      <span className="text-muted">{t("dossier.hint")}</span>
    </div>
  );
}

/** Copies the address of what is open: the story, or the rows behind one number of it. */
function ShareButton() {
  const { showToast } = useToast();
  const share = () =>
    navigator.clipboard.writeText(window.location.href).then(
      () => showToast(t("sheet.shared")),
      () => showToast(t("sheet.notShared"), { kind: "info" }),
    );
  return (
    <Button variant="ghost" className="ml-auto" onClick={() => void share()}>
      <Link2 aria-hidden /> {t("sheet.share")}
    </Button>
  );
}

/** Sort by first mention in the text; numbers that it does not mention come last. */
function inTextOrder(evidence: Evidence[], pieces: InsightDetail["pieces"]): Evidence[] {
  const place = (each: Evidence) => pieces.findIndex((piece) => piece.slot === each.slot) + 1 || Infinity;
  return [...evidence].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

function Parts({ parts }: { parts: InsightDetail["parts"] }) {
  if (parts.length === 0) return null;
  return (
    <section aria-label={t("sheet.parts")}>
      <h3 className="mb-1.5 text-xs font-medium text-muted">{t("sheet.alsoSeen", { count: String(parts.length) })}</h3>
      <ul className="divide-y divide-line rounded-card border border-line">
        {parts.map((part) => (
          <li key={part.id} className="flex flex-wrap items-center gap-2 px-3 py-2 text-sm">
            <ProviderName provider={part.provider} />
            <span className="min-w-0 flex-1">{part.title}</span>
            <span className="text-xs text-muted">{detectorName(part.detector)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Numbers({
  evidence,
  open,
  onOpen,
}: {
  evidence: Evidence[];
  open: string | null;
  onOpen: (slot: string) => void;
}) {
  const numbers = evidence.filter((each) => each.value !== null);
  return (
    <section aria-label={t("sheet.allNumbers")}>
      <h3 className="mb-1.5 text-xs font-medium text-muted">{t("sheet.everyNumber")}</h3>
      <ul className="divide-y divide-line rounded-card border border-line">
        {numbers.map((each) => (
          <li key={each.slot}>
            <button
              type="button"
              onClick={() => onOpen(each.slot)}
              aria-expanded={open === each.slot}
              className="flex w-full items-center justify-between gap-4 px-3 py-2 text-left text-sm hover:bg-hover"
            >
              <span>{each.label}</span>
              <span className="num text-right font-semibold text-accent">
                {each.shown} <span className="font-normal text-muted">{unitSuffix(each.value, each.unit)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
