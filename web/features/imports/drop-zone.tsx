"use client";

import { LoaderCircle, UploadCloud } from "lucide-react";
import { useId, useState } from "react";
import { errorMessage } from "@/lib/api/error";
import { cn } from "@/lib/class-names";
import { t } from "./messages";
import { type DroppedFile, fromDrop, fromList } from "./review/dropped-files";
import type { FileProgress } from "./review/queries";

type Props = {
  onFiles: (files: DroppedFile[]) => void;
  isPending: boolean;
  error: unknown;
  hint?: string;
  /** Of each file of a drop of several. */
  progress?: FileProgress[];
  compact?: boolean;
};

/** Drop exported files, or choose them. Nothing is recorded before it is previewed and committed. */
export function DropZone({ onFiles, isPending, error, hint, progress = [], compact }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const take = (files: DroppedFile[]) => {
    if (files.length && !isPending) onFiles(files);
  };
  const done = progress.filter(({ state }) => state === "read" || state === "failed").length;
  return (
    <div>
      <label
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void fromDrop(event.dataTransfer).then(take);
        }}
        className={cn(
          "flex cursor-pointer items-center justify-center gap-3 rounded-card border border-dashed border-field bg-sunken px-4 text-center transition-colors hover:border-accent focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent",
          compact ? "py-3" : "flex-col py-9",
          over && "border-accent bg-accent-soft",
        )}
      >
        {isPending ? (
          <LoaderCircle className="size-5 animate-spin text-accent" aria-hidden />
        ) : (
          <UploadCloud className="size-5 text-muted" aria-hidden />
        )}
        <span className="text-sm">
          {isPending ? (
            <span role="status">
              {progress.length > 1 ? t("drop.read", { done, count: progress.length }) : t("drop.reading")}
            </span>
          ) : (
            <>
              {t.rich("drop.choose", {
                choose: (chunks) => <span className="font-medium text-accent">{chunks}</span>,
              })}
              {!compact && hint && <span className="mt-1 block text-muted">{hint}</span>}
            </>
          )}
        </span>
        <input
          id={id}
          type="file"
          multiple
          accept=".csv,.tsv,.txt,.xlsx,.xls,.ods,.gz,.zip,text/csv,application/zip"
          className="sr-only"
          disabled={isPending}
          onChange={(event) => {
            take(event.target.files ? fromList(event.target.files) : []);
            event.target.value = "";
          }}
        />
      </label>
      {isPending && progress.length > 1 && (
        <>
          <progress
            className="mt-3 h-1.5 w-full accent-(--accent)"
            aria-label={t("drop.filesRead")}
            value={done}
            max={progress.length}
          />
          <div className="mt-1 max-h-40 overflow-y-auto" tabIndex={0} role="region" aria-label={t("drop.files")}>
            <ul className="grid gap-x-6 text-xs text-muted sm:grid-cols-2">
              {progress.map(({ path, state, reason }) => (
                <li key={path} className="flex min-w-0 justify-between gap-3">
                  <span className="truncate">{path}</span>
                  <span className={cn("shrink-0", state === "failed" && "text-down")} title={reason}>
                    {t(`drop.states.${state}`)}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        </>
      )}
      {error != null && (
        <p role="alert" className="mt-2 text-sm text-down">
          {errorMessage(error)}
        </p>
      )}
    </div>
  );
}
