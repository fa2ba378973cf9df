"use client";

import { useDeferredValue } from "react";
import { Badge } from "@/components/ui/badge";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { useMetricCatalogue } from "@/lib/api/metric-catalogue";
import type { Overlap, OverlappedImport } from "@/lib/api/types";
import { dayRange, exact, plural, shortDay } from "@/lib/format";
import { useImportOverlap } from "./queries";

const SHOWN = 20;

/** "city=~Berlin|DE,period=28day" → "city Berlin, DE, period 28day". */
const dimensionLabel = (dimension: string) =>
  dimension.replaceAll("~", "").replaceAll("=", " ").replaceAll(",", ", ").replaceAll("|", ", ");

/** Say in words what one import has in common with the file. */
export function overlapSentence(other: OverlappedImport): string {
  const which = other.file_name ?? "Values that were entered or pushed";
  const differ = other.replaced + other.kept;
  const span = dayRange(other.first, other.last);
  if (differ === 0) return `${which}, ${span}: ${plural(other.same, "value")} in both, all equal.`;
  return `${which}, ${span}: ${plural(other.same, "value is", "values are")} equal, ${plural(differ, "value differs", "values differ")} on ${plural(other.days, "day")}. ${other.reason}`;
}

/** Which days of the file differ from what is stored, and which value stays; nothing where nothing overlaps. */
export function ImportOverlap({ id, options }: { id: string; options: Record<string, string> }) {
  const { data, error, refetch } = useImportOverlap(id, useDeferredValue(JSON.stringify(options)));
  if (error) return <ErrorState error={error} what="The comparison with what is stored" retry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={1} className="px-0" />;
  if (data.imports.length === 0) return null;
  return (
    <section aria-labelledby="overlap-title" className="grid grid-cols-1 gap-2 text-sm">
      <h3 id="overlap-title" className="font-medium">
        {data.replaced + data.kept === 0
          ? `${plural(data.same, "value is", "values are")} stored already; nothing differs`
          : `${plural(data.replaced + data.kept, "value differs", "values differ")} from what is stored: ${exact(data.replaced)} will be replaced, ${exact(data.kept)} stay as they are`}
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
      aria-label="Values that differ"
    >
      <table className="w-full">
        <thead className="sticky top-0 bg-panel">
          <tr className="border-b border-line text-left text-xs text-muted">
            <th scope="col" className="px-3 py-2 font-medium">
              Day
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              What
            </th>
            <th scope="col" className="px-3 py-2 text-right font-medium">
              Stored
            </th>
            <th scope="col" className="px-3 py-2 text-right font-medium">
              In this file
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              Stays
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
                {each.title && <span className="text-muted"> of {each.title}</span>}
                {each.dimension && <span className="block text-xs text-muted">{dimensionLabel(each.dimension)}</span>}
              </td>
              <td className="num px-3 py-1.5 text-right">{exact(each.stored)}</td>
              <td className="num px-3 py-1.5 text-right">{exact(each.in_file)}</td>
              <td className="px-3 py-1.5">
                <Badge tone={each.stays === "file" ? "accent" : "neutral"}>
                  {each.stays === "file" ? "This file" : "Stored"}
                </Badge>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > shown.length && (
        <p className="px-3 py-2 text-xs text-muted">
          The latest {exact(shown.length)} of {exact(total)}.
        </p>
      )}
    </div>
  );
}
