"use client";

import { RefreshCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { Import, Reread } from "@/lib/api/types";
import { exact, plural, shortDay } from "@/lib/format";
import { useRereadImport } from "./queries";

const CHANGES = { new: "new", changed: "changed", gone: "gone" } as const;

/** Read the file of a committed import again: the difference is shown before it is stored. */
export function ImportReread({ item }: { item: Import }) {
  const reread = useRereadImport();
  const shown = reread.data;
  const differs = shown ? shown.new + shown.changed + shown.gone : 0;
  return (
    <section aria-labelledby="reread-title" className="grid grid-cols-1 gap-2 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 id="reread-title" className="font-medium">
          Read with parser version {item.parser_version}
        </h3>
        <Button busy={reread.isPending} onClick={() => reread.mutate({ id: item.id, commit: false })}>
          <RefreshCw aria-hidden /> Read the file again
        </Button>
      </div>
      {shown && (
        <p role="status" className="text-muted">
          {shown.committed
            ? `Stored as version ${shown.to_version} reads it. `
            : `Version ${shown.to_version} of the parser reads it now. `}
          {differs === 0
            ? "No value is different."
            : `${plural(shown.new, "value is", "values are")} new, ${exact(shown.changed)} changed, ${exact(shown.gone)} gone.`}
        </p>
      )}
      {shown && differs > 0 && <RereadValues shown={shown} />}
      {shown && !shown.committed && differs > 0 && (
        <div className="flex justify-end">
          <Button
            variant="primary"
            busy={reread.isPending}
            onClick={() => reread.mutate({ id: item.id, commit: true })}
          >
            Store what it reads now
          </Button>
        </div>
      )}
    </section>
  );
}

function RereadValues({ shown }: { shown: Reread }) {
  return (
    <div
      className="max-h-60 overflow-auto rounded-card border border-line"
      tabIndex={0}
      role="region"
      aria-label="Values that are read otherwise"
    >
      <table className="w-full">
        <thead className="sticky top-0 bg-panel">
          <tr className="border-b border-line text-left text-xs text-muted">
            {["Row", "Day", "What", "Before", "Now"].map((name) => (
              <th key={name} scope="col" className="px-3 py-2 font-medium">
                {name}
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
                {each.what} {each.title && <span className="text-muted">of {each.title} </span>}
                <span className="text-xs text-muted">({CHANGES[each.change]})</span>
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
