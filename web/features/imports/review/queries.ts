"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { call } from "@/lib/api/client";
import { errorMessage } from "@/lib/api/error";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { BatchCommit, ImportBatchUpload } from "@/lib/api/types";
import { WORKING } from "../labels";
import { type DroppedFile, inRequests } from "./dropped-files";
import { keepWaiting, waitingOf, type WaitingFile } from "./unplaced-files";

export type FileProgress = { path: string; state: "waiting" | "sending" | "read" | "failed"; reason?: string };
type Fields = { batch?: string; artist?: string; placements?: Record<string, string> };

function send(files: DroppedFile[], { batch, artist, placements }: Fields): Promise<ImportBatchUpload> {
  const form = new FormData();
  if (batch) form.set("batch_id", batch);
  if (artist) form.set("artist_id", artist);
  if (placements) form.set("placements", JSON.stringify(placements));
  for (const { path, file } of files) form.append("files", file, path);
  return call((client) =>
    // The generated type of a file is string.
    client.POST("/api/import-batches", { body: { files: [] }, bodySerializer: () => form }),
  );
}

/** A file above this size is sent alone, and read by a job. */
const LARGE_BYTES = 8 * 1024 * 1024;
const isLarge = ({ file }: DroppedFile) => file.size > LARGE_BYTES;

/** Without a batch the file begins a new drop; without artist and placements its tables find their artists. */
function sendLarge({ path, file }: DroppedFile, { batch = "new", artist, placements }: Fields) {
  const form = new FormData();
  if (artist) form.set("artist_id", artist);
  if (placements) form.set("placements", JSON.stringify(placements));
  form.set("batch", batch);
  form.set("file", file, path);
  return call((client) => client.POST("/api/imports", { body: { file: "" }, bodySerializer: () => form }));
}

/** The file of a drop that a table comes from: the file itself, or the zip that holds it. */
const sourceOf = (name: string, files: DroppedFile[]) =>
  files.find(({ path }) => path === name) ?? files.find(({ path }) => name.startsWith(`${path}/`)) ?? files[0]!;

const waitingIn = (answer: Pick<ImportBatchUpload, "unplaced">, files: DroppedFile[]): WaitingFile[] =>
  answer.unplaced.map((each) => ({ ...each, source: sourceOf(each.name, files) }));

/** Preview a drop in as many requests as it needs, then show its review. `onSingle`: for a drop of one table. */
export function useDropReview(onSingle?: (id: string) => void) {
  const router = useRouter();
  const [progress, setProgress] = useState<FileProgress[]>([]);
  const mutation = useApiMutation(
    async ({ files, artist }: { files: DroppedFile[]; artist?: string }) => {
      const states = new Map<string, FileProgress>(files.map(({ path }) => [path, { path, state: "waiting" }]));
      const show = (some: DroppedFile[], state: FileProgress["state"], reason?: string) => {
        some.forEach(({ path }) => states.set(path, { path, state, reason }));
        setProgress([...states.values()]);
      };
      let answer: ImportBatchUpload | undefined;
      const waiting: WaitingFile[] = [];
      let failure: unknown;
      let batch = "";
      let large: string[] = [];
      for (const file of files.filter(isLarge)) {
        show([file], "sending");
        const sent = await sendLarge(file, { batch: batch || undefined, artist });
        batch = sent.batch_id ?? batch;
        large = [...large, ...sent.imports.map(({ id }) => id)];
        waiting.push(...waitingIn(sent, [file]));
        show([file], "read");
      }
      for (const some of inRequests(files.filter((file) => !isLarge(file)))) {
        show(some, "sending");
        try {
          answer = await send(some, { batch: batch || undefined, artist });
          batch = answer.id;
          waiting.push(...waitingIn(answer, some));
          show(some, "read");
        } catch (error) {
          failure = error;
          show(some, "failed", errorMessage(error));
          const lost = { title: null, reason: errorMessage(error), candidates: [], refused: true };
          waiting.push(...some.map((source) => ({ ...lost, name: source.path, source })));
        }
      }
      if (!batch) throw failure;
      keepWaiting(batch, waiting);
      return { batch, waiting, ids: answer?.items.map(({ id }) => id) ?? large };
    },
    {
      invalidates: [["imports"], ["desk"]],
      silent: true,
      onSuccess: ({ batch, waiting, ids }) => {
        if (onSingle && waiting.length === 0 && ids.length === 1) onSingle(ids[0]!);
        else router.push(`/imports/review/?batch=${batch}`);
      },
    },
  );
  return { take: mutation.mutate, isPending: mutation.isPending, error: mutation.error, progress };
}

export function useImportBatch(id: string) {
  return useOrgQuery(
    ["imports", "batch", id],
    () => call((client) => client.GET("/api/import-batches/{batch_id}", { params: { path: { batch_id: id } } })),
    {
      enabled: id !== "",
      // Jobs read and commit large files.
      refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => WORKING.includes(status)) ? 1000 : false),
    },
  );
}

/** Send files again that found no artist, with the one that the person chose. */
export function usePlaceFiles(batch: string) {
  return useApiMutation(
    async ({ files, artist }: { files: WaitingFile[]; artist: string }) => {
      for (const source of new Set(files.map((each) => each.source))) {
        const names = files.filter((each) => each.source === source).map(({ name }) => name);
        const placements = Object.fromEntries(names.map((name) => [name, artist]));
        if (isLarge(source)) await sendLarge(source, { batch, placements });
        else await send([source], { batch, placements });
        keepWaiting(
          batch,
          waitingOf(batch).filter((each) => !(each.source === source && names.includes(each.name))),
        );
      }
    },
    { invalidates: [["imports"]] },
  );
}

export type Answers = Record<string, Record<string, string>>;

/** Commit what has no open question, in as many requests as it needs. `onPart` gets what each of them did. */
export function useCommitBatch(batch: string, onPart: (part: BatchCommit) => void) {
  return useApiMutation(
    async ({ answers }: { answers: Answers }) => {
      for (;;) {
        const part = await call((client) =>
          client.POST("/api/import-batches/{batch_id}/commit", {
            params: { path: { batch_id: batch } },
            body: { answers },
          }),
        );
        onPart(part);
        if (part.left === 0) return;
      }
    },
    { invalidates: [["imports"], ["artists"], ["insights"], ["desk"]], silent: true },
  );
}
