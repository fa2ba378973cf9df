"use client";

import { RefreshCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { Import, Reread } from "@/lib/api/types";
import { shortDay } from "@/lib/format";
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
      {shown && differs > 0 && <RereadValues shown={shown} />}
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

function RereadValues({ shown }: { shown: Reread }) {
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
              <td className="px-3 py-1.5 whitespace-nowrap">{shortDay(each.observed_on)}</td>
              <td className="px-3 py-1.5">
                {each.what}{" "}
                {each.title && <span className="text-muted">{t("overlap.ofTitle", { title: each.title })} </span>}
                <span className="text-xs text-muted">{t(`reread.changes.${each.change}`)}</span>
              </td>
              <td className="num px-3 py-1.5">{each.before ?? "–"}</td>
              <td className="num px-3 py-1.5">{each.after ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
