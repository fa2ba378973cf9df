"use client";

import { RefreshCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useMetricCatalogue } from "@/lib/api/metric-catalogue";
import type { Import, Reread } from "@/lib/api/types";
import { day, fixed, month, NONE } from "@/lib/format";
import { dimensionLabel } from "./import-overlap";
import { t } from "./messages";
import { useRereadImport } from "./queries";

const COLUMNS = ["row", "day", "what", "before", "now"] as const;

/** Read the file of a committed import again: the difference is shown before it is stored. */
export function ImportReread({ item }: { item: Import }) {
  const reread = useRereadImport();
  const shown = reread.data;
  const differs = shown ? shown.new + shown.changed + shown.gone : 0;
  return (
    <section aria-labelledby="reread-title" className="grid grid-cols-1 gap-2 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 id="reread-title" className="font-medium">
          {t("reread.title", { version: item.parser_version })}
        </h3>
        <Button busy={reread.isPending} onClick={() => reread.mutate({ id: item.id, commit: false })}>
          <RefreshCw aria-hidden /> {t("reread.again")}
        </Button>
      </div>
      {reread.progress && <RereadProgress progress={reread.progress} />}
      {shown?.state === "failed" && (
        <p role="alert" className="text-sm text-down">
          {shown.problem}
        </p>
      )}
      {shown?.state === "done" && !reread.isPending && (
        <p role="status" className="text-muted">
          {resultLabel(shown, differs)}
        </p>
      )}
      {shown && differs > 0 && (
        <RereadValues shown={shown} total={differs} dayLabel={item.summary.money_lines > 0 ? month : day} />
      )}
      {shown?.state === "done" && !shown.committed && differs > 0 && (
        <div className="flex justify-end">
          <Button
            variant="primary"
            busy={reread.isPending}
            onClick={() => reread.mutate({ id: item.id, commit: true })}
          >
            {t("reread.store")}
          </Button>
        </div>
      )}
    </section>
  );
}

function RereadProgress({ progress }: { progress: NonNullable<Reread["progress"]> }) {
  return (
    <div className="grid gap-1.5" role="status">
      <progress
        className="h-1.5 w-full accent-accent"
        aria-label={t("reread.running")}
        value={progress.done}
        max={Math.max(progress.total, 1)}
      />
      <p className="text-muted">
        {t("reread.running")} {t("progress.goesOn")}
      </p>
    </div>
  );
}

function resultLabel(shown: Reread, differs: number): string {
  const { new: added, changed, gone } = shown;
  const version = String(shown.to_version);
  if (differs === 0) return t(shown.committed ? "reread.storedSame" : "reread.same", { version });
  return t(shown.committed ? "reread.storedDiffers" : "reread.differs", { version, new: added, changed, gone });
}

/** The numbers of a reading with the reader's marks and all their digits; a code of why there is none is no number. */
export function readingLabel(text: string | null): string {
  if (text === null || /^[a-z_]+$/.test(text)) return NONE;
  return text.replace(/(?<![\w.-])-?\d{1,10}(\.\d+)?(?![\w.-])/g, (number) =>
    fixed(Number(number), number.split(".")[1]?.length ?? 0),
  );
}

type ValuesProps = { shown: Reread; total: number; dayLabel: (iso: string) => string };

function RereadValues({ shown, total, dayLabel }: ValuesProps) {
  const names = new Map(useMetricCatalogue().data?.map(({ slug, name }) => [slug, name]));
  return (
    <div
      className="max-h-60 overflow-auto rounded-card border border-line"
      tabIndex={0}
      role="region"
      aria-label={t("reread.region")}
    >
      <table className="w-full">
        <thead className="sticky top-0 bg-panel">
          <tr className="border-b border-line text-left text-xs text-muted">
            {COLUMNS.map((name) => (
              <th key={name} scope="col" className="px-3 py-2 font-medium">
                {t(`reread.columns.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.first.map((each, at) => (
            <tr key={at} className="border-b border-line/70 last:border-0">
              <td className="num px-3 py-1.5 text-muted">{each.row ?? "–"}</td>
              <td className="px-3 py-1.5 whitespace-nowrap">{dayLabel(each.observed_on)}</td>
              <td className="px-3 py-1.5">
                {names.get(each.what) ?? each.what}{" "}
                {each.title && <span className="text-muted">{t("overlap.ofTitle", { title: each.title })} </span>}
                <span className="text-xs text-muted">{t(`reread.changes.${each.change}`)}</span>
                {each.dimension && <span className="block text-xs text-muted">{dimensionLabel(each.dimension)}</span>}
              </td>
              <td className="num px-3 py-1.5">{readingLabel(each.before)}</td>
              <td className="num px-3 py-1.5">{readingLabel(each.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > shown.first.length && (
        <p className="px-3 py-2 text-xs text-muted">{t("reread.first", { shown: shown.first.length, total })}</p>
      )}
    </div>
  );
}
