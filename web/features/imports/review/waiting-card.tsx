"use client";

import { useState } from "react";
import { ArtistPicker } from "@/components/artist-picker";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { t } from "./messages";
import { usePlaceFiles } from "./queries";
import { useWaitingFiles, type WaitingFile } from "./unplaced-files";

/** Files that found no artist, and those that nobody can import. Nothing of them is stored. */
export function WaitingCard({ batch }: { batch: string }) {
  const files = useWaitingFiles(batch);
  const place = usePlaceFiles(batch);
  const unplaced = files.filter(({ refused }) => !refused);
  if (files.length === 0) return null;
  return (
    <Card aria-labelledby="waiting-title">
      <CardHeader id="waiting-title" title={t("waiting.title", { count: unplaced.length })} note={t("waiting.note")} />
      <ul className="divide-y divide-line border-t border-line">
        {[...unplaced, ...files.filter(({ refused }) => refused)].map((file) => (
          <li key={file.name} className="flex flex-wrap items-end gap-x-4 gap-y-2 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-72">
              <span className="block font-medium break-words">{file.name}</span>
              <span className="block text-sm text-muted">
                {file.title ? t("waiting.reason", { title: file.title, reason: file.reason }) : file.reason}
              </span>
            </div>
            {!file.refused && (
              <ChooseArtist file={file} onChoose={(artist) => place.mutate({ files: [file], artist })} />
            )}
          </li>
        ))}
      </ul>
      {unplaced.length > 1 && (
        <div className="border-t border-line px-4 py-3">
          <ChooseArtist all={unplaced.length} onChoose={(artist) => place.mutate({ files: unplaced, artist })} />
        </div>
      )}
      {place.isPending && (
        <p role="status" className="px-4 pb-3 text-sm text-muted">
          {t("waiting.reading", { count: place.variables.files.length })}
        </p>
      )}
    </Card>
  );
}

function ChooseArtist({
  file,
  all,
  onChoose,
}: {
  file?: WaitingFile;
  all?: number;
  onChoose: (artist: string) => void;
}) {
  const [artist, setArtist] = useState(file?.candidates[0] ?? "");
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (artist) onChoose(artist);
      }}
    >
      <Field label={all ? t("waiting.artistOfAll", { count: all }) : t("waiting.artist")}>
        {(fieldProps) => <ArtistPicker {...fieldProps} value={artist} onChange={setArtist} />}
      </Field>
      <Button
        type="submit"
        size="md"
        disabled={!artist}
        aria-label={file ? t("waiting.readOf", { file: file.name }) : undefined}
      >
        {all ? t("waiting.readAll") : t("waiting.read")}
      </Button>
    </form>
  );
}
