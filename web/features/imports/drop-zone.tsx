"use client";

import { LoaderCircle, UploadCloud } from "lucide-react";
import { useId, useState } from "react";
import { errorMessage } from "@/lib/api/error";
import type { ImportPreview } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { plural } from "@/lib/format";
import { useUploadFiles } from "./queries";

type Props = {
  artist: string;
  /** The own source that the files are from; platforms are recognised. */
  source?: string;
  onPreviews: (previews: ImportPreview[]) => void;
  compact?: boolean;
};

/** Drop exported files, or choose them. Nothing is recorded before it is previewed and committed. */
export function DropZone({ artist, source, onPreviews, compact }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const upload = useUploadFiles(onPreviews);
  const take = (files: FileList | null) => {
    if (files?.length && artist) upload.mutate({ artist, source, files: [...files] });
  };
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
          take(event.dataTransfer.files);
        }}
        className={cn(
          "flex cursor-pointer items-center justify-center gap-3 rounded-card border border-dashed border-field bg-sunken px-4 text-center transition-colors hover:border-accent focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent",
          compact ? "py-3" : "flex-col py-9",
          over && "border-accent bg-accent-soft",
          !artist && "cursor-not-allowed opacity-60",
        )}
      >
        {upload.isPending ? (
          <LoaderCircle className="size-5 animate-spin text-accent" aria-hidden />
        ) : (
          <UploadCloud className="size-5 text-muted" aria-hidden />
        )}
        <span className="text-sm">
          {upload.isPending ? (
            `Reading ${plural(upload.variables.files.length, "file")}…`
          ) : (
            <>
              <span className="font-medium text-accent">Choose files</span> or drop them here
              {!compact && (
                <span className="mt-1 block text-muted">
                  {source
                    ? "A table (CSV) with a column of days: you say next what each column holds"
                    : "Spotify for Artists, YouTube Studio, TikTok Studio, Meta Business Suite, royalties: CSV, Excel or the whole zip"}
                </span>
              )}
            </>
          )}
        </span>
        <input
          id={id}
          type="file"
          multiple
          accept=".csv,.tsv,.txt,.xlsx,.xls,.ods,.gz,.zip,text/csv,application/zip"
          className="sr-only"
          disabled={!artist || upload.isPending}
          onChange={(event) => {
            take(event.target.files);
            event.target.value = "";
          }}
        />
      </label>
      {upload.error && (
        <p role="alert" className="mt-2 text-sm text-down">
          {errorMessage(upload.error)}
        </p>
      )}
    </div>
  );
}
