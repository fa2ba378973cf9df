"use client";

import { useDeferredValue } from "react";
import { Badge } from "@/components/ui/badge";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { useMetricCatalogue } from "@/lib/api/metric-catalogue";
import type { Overlap, OverlappedImport } from "@/lib/api/types";
import { dayRange, exact, shortDay } from "@/lib/format";
import { t } from "./messages";
import { useImportOverlap } from "./queries";

const SHOWN = 20;

/** "city=~Berlin|DE,period=28day" → "city Berlin, DE, period 28day". */
export const dimensionLabel = (dimension: string) =>
  dimension.replaceAll("~", "").replaceAll("=", " ").replaceAll(",", ", ").replaceAll("|", ", ");

/** Say in words what one import has in common with the file. */
export function overlapSentence(other: OverlappedImport): string {
  const which = other.file_name ?? t("overlap.typed");
  const differ = other.replaced + other.kept;
  const days = dayRange(other.first, other.last);
  if (differ === 0) return t("overlap.equal", { which, days, same: other.same });
  const { same, reason } = other;
  return t("overlap.differs", { which, days, same, differ, count: other.days, reason });
}

/** Which days of the file differ from what is stored, and which value stays; nothing where nothing overlaps. */
export function ImportOverlap({ id, options }: { id: string; options: Record<string, string> }) {
  const { data, error, refetch } = useImportOverlap(id, useDeferredValue(JSON.stringify(options)));
  if (error) return <ErrorState error={error} what={t("overlap.what")} retry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={1} className="px-0" />;
  if (data.imports.length === 0) return null;
  return (
    <section aria-labelledby="overlap-title" className="grid grid-cols-1 gap-2 text-sm">
      <h3 id="overlap-title" className="font-medium">
        {data.replaced + data.kept === 0
          ? t("overlap.nothingDiffers", { count: data.same })
          : t("overlap.someDiffer", {
              count: data.replaced + data.kept,
              replaced: data.replaced,
              kept: data.kept,
            })}
      </h3>
      <ul className="grid gap-1 text-muted">
        {data.imports.map((other) => (
          <li key={other.import_id ?? ""}>{overlapSentence(other)}</li>
        ))}
      </ul>
      {data.differing.length > 0 && <DifferingValues data={data} />}
    </section>
  );
}

function DifferingValues({ data }: { data: Overlap }) {
  const names = new Map(useMetricCatalogue().data?.map(({ slug, name }) => [slug, name]));
  const total = data.replaced + data.kept;
  const shown = data.differing.slice(0, SHOWN);
  return (
    <div
      className="max-h-72 overflow-auto rounded-card border border-line bg-panel"
      tabIndex={0}
      role="region"
      aria-label={t("overlap.region")}
    >
      <table className="w-full">
        <thead className="sticky top-0 bg-panel">
          <tr className="border-b border-line text-left text-xs text-muted">
            <th scope="col" className="px-3 py-2 font-medium">
              {t("overlap.day")}
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              {t("overlap.whatColumn")}
            </th>
            <th scope="col" className="px-3 py-2 text-right font-medium">
              {t("overlap.stored")}
            </th>
            <th scope="col" className="px-3 py-2 text-right font-medium">
              {t("overlap.inFile")}
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              {t("overlap.stays")}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((each) => (
            <tr
              key={`${each.metric} ${each.title} ${each.dimension} ${each.observed_on}`}
              className="border-b border-line/70 last:border-0"
            >
              <td className="px-3 py-1.5 whitespace-nowrap">{shortDay(each.observed_on)}</td>
              <td className="px-3 py-1.5">
                {names.get(each.metric) ?? each.metric}
                {each.title && <span className="text-muted"> {t("overlap.ofTitle", { title: each.title })}</span>}
                {each.dimension && <span className="block text-xs text-muted">{dimensionLabel(each.dimension)}</span>}
              </td>
              <td className="num px-3 py-1.5 text-right">{exact(each.stored)}</td>
              <td className="num px-3 py-1.5 text-right">{exact(each.in_file)}</td>
              <td className="px-3 py-1.5">
                <Badge tone={each.stays === "file" ? "accent" : "neutral"}>
                  {each.stays === "file" ? t("overlap.thisFile") : t("overlap.stored")}
                </Badge>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > shown.length && (
        <p className="px-3 py-2 text-xs text-muted">{t("overlap.latest", { shown: shown.length, total })}</p>
      )}
    </div>
  );
}
