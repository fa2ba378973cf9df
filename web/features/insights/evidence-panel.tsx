"use client";

import { CircleCheck, CircleX, X } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { describeComputation } from "@/lib/computation";
import type { Evidence, EvidenceRow } from "@/lib/api/types";
import { day, exact, moment, unitSuffix } from "@/lib/format";
import { t } from "./messages";
import { useEvidenceRows } from "./queries";

type Props = { insightId: string; evidence: Evidence; onClose: () => void };

/** The evidence of one number: its computation, the result of computing it again, and the stored rows. */
export function EvidencePanel({ insightId, evidence, onClose }: Props) {
  const { data, error, refetch } = useEvidenceRows(insightId, evidence.slot);
  return (
    <section
      aria-label={t("evidence.region", { number: evidence.shown })}
      className="animate-in rounded-card border border-accent/40 bg-sunken"
    >
      <header className="flex items-start gap-3 px-4 pt-3">
        <div className="min-w-0 flex-1">
          <p className="text-xs text-muted">{evidence.label}</p>
          <p className="num text-2xl font-semibold">
            {evidence.shown}{" "}
            <span className="text-sm font-normal text-muted">{unitSuffix(evidence.value, evidence.unit)}</span>
          </p>
        </div>
        <Button variant="ghost" size="icon" aria-label={t("evidence.close")} onClick={onClose}>
          <X aria-hidden />
        </Button>
      </header>
      <p className="px-4 pb-2 text-sm text-muted">{describeComputation(evidence.computation)}</p>
      {error && <ErrorState error={error} what={t("evidence.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={4} />}
      {data && (
        <>
          <p className="px-4 pb-3">
            {data.matches ? (
              <Badge tone="good">
                <CircleCheck aria-hidden /> {t("evidence.equal", { count: data.rows.length })}
              </Badge>
            ) : (
              <Badge tone="bad">
                <CircleX aria-hidden />
                {data.recomputed == null
                  ? t("evidence.gone")
                  : t("evidence.notEqual", { number: exact(data.recomputed) })}
              </Badge>
            )}
          </p>
          <Rows rows={data.rows} unit={rowsUnit(evidence)} />
        </>
      )}
    </section>
  );
}

/** The unit of the rows; none for a percentage, whose rows have another unit. */
function rowsUnit(evidence: Evidence): string {
  return "base" in evidence.computation || evidence.unit === "percent" ? "" : evidence.unit;
}

function sourceLabel(source: EvidenceRow["source"]): string {
  if (source.kind === "entry") return t("evidence.typed");
  if (source.kind !== "import") return t("evidence.sync", { id: source.id.slice(0, 8) });
  const file = source.file_name ?? t("evidence.file");
  return source.row ? t("evidence.fileRow", { file, row: String(source.row) }) : file;
}

function Rows({ rows, unit }: { rows: EvidenceRow[]; unit: string }) {
  const compared = rows.some((row) => row.window === "base");
  return (
    <div
      className="max-h-72 overflow-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={t("evidence.rows")}
    >
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-sunken">
          <tr className="text-left text-xs text-muted">
            {compared && <th className="py-2 pl-4 font-medium">{t("evidence.columns.part")}</th>}
            <th className="px-3 py-2 font-medium first:pl-4">{t("evidence.columns.day")}</th>
            <th className="px-3 py-2 text-right font-medium">
              {unit ? t("evidence.columns.valueInUnit", { unit }) : t("evidence.columns.value")}
            </th>
            <th className="px-3 py-2 font-medium">{t("evidence.columns.from")}</th>
            <th className="py-2 pr-4 font-medium sm:whitespace-nowrap">{t("evidence.columns.knownSince")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.window}${row.observed_on}`} className="border-t border-line/70">
              {compared && (
                <td className="py-1.5 pl-4 text-muted">
                  {row.window === "base" ? t("evidence.base") : t("evidence.now")}
                </td>
              )}
              <td className="px-3 py-1.5 whitespace-nowrap first:pl-4">{day(row.observed_on)}</td>
              <td className="num px-3 py-1.5 text-right" title={row.null_reason ?? row.remark ?? undefined}>
                {exact(row.value)}
              </td>
              <td className="px-3 py-1.5 text-muted">{sourceLabel(row.source)}</td>
              <td className="py-1.5 pr-4 text-muted sm:whitespace-nowrap">{moment(row.known_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
