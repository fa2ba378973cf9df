"use client";

import { useEffect, useRef, useState } from "react";
import { call } from "@/lib/api/client";
import { uploadFile } from "@/lib/api/uploads";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { ImportPreview, ImportRow, Reread } from "@/lib/api/types";
import { WORKING } from "./labels";
import { t } from "./messages";

const at = (import_id: string) => ({ path: { import_id } });
const NUMBERS = [["imports"], ["artists"], ["insights"]];

export function useImports(artist: string | undefined) {
  return useOrgList(["imports", "list", artist ?? ""], (cursor) =>
    call((client) => client.GET("/api/imports", { params: { query: { artist_id: artist, cursor, limit: 30 } } })),
  );
}

export function useImport(id: string) {
  return useOrgQuery(
    ["imports", "one", id],
    () => call((client) => client.GET("/api/imports/{import_id}", { params: at(id) })),
    { refetchInterval: ({ state }) => (state.data && WORKING.includes(state.data.status) ? 1000 : false) },
  );
}

/** What a preview says beside what is stored; `options`: the answers so far, as JSON. */
export function useImportOverlap(id: string, options: string) {
  return useOrgQuery(["imports", "overlap", id, options], () =>
    call((client) => client.GET("/api/imports/{import_id}/overlap", { params: { ...at(id), query: { options } } })),
  );
}

export function useImportRows(id: string, status: ImportRow["status"] | undefined) {
  return useOrgList(["imports", "rows", id, status ?? ""], (cursor) =>
    call((client) =>
      client.GET("/api/imports/{import_id}/rows", { params: { ...at(id), query: { status, cursor, limit: 100 } } }),
    ),
  );
}

/** Preview files one after the other. */
export function useUploadFiles(onSuccess: (previews: ImportPreview[]) => void) {
  return useApiMutation(
    async ({ artist, source, files }: { artist: string; source?: string; files: File[] }) => {
      const previews: ImportPreview[] = [];
      for (const file of files) previews.push(...(await uploadFile(artist, file, source)));
      return previews;
    },
    { invalidates: [["imports"]], onSuccess, silent: true },
  );
}

export function useCommitImport(onSuccess: (committed: ImportPreview) => void) {
  return useApiMutation(
    ({ id, options }: { id: string; options: Record<string, string> }) =>
      call((client) => client.POST("/api/imports/{import_id}/commit", { params: at(id), body: { options } })),
    { invalidates: NUMBERS, onSuccess, silent: true },
  );
}

const RUNNING_SECONDS = 1;

/**
 * Read a committed import's file again; without `commit` only the difference is shown.
 * A job reads a large file: `progress` says how far it is, until its result is there or the page is left.
 */
export function useRereadImport() {
  const [progress, setProgress] = useState<Reread["progress"]>(null);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => void (isOpen.current = false);
  }, []);
  const reread = useApiMutation(
    async ({ id, commit }: { id: string; commit: boolean }) => {
      try {
        let found = await call((client) =>
          client.POST("/api/imports/{import_id}/reread", { params: at(id), body: { commit } }),
        );
        while (found.state === "running" && isOpen.current) {
          setProgress(found.progress);
          await new Promise((resolve) => setTimeout(resolve, RUNNING_SECONDS * 1000));
          found = await call((client) => client.GET("/api/imports/{import_id}/reread", { params: at(id) }));
        }
        return found;
      } finally {
        setProgress(null);
      }
    },
    { invalidates: NUMBERS },
  );
  return { ...reread, progress };
}

export function useUndoImport() {
  return useApiMutation(
    (id: string) => call((client) => client.POST("/api/imports/{import_id}/undo", { params: at(id) })),
    {
      invalidates: NUMBERS,
      successMessage: ({ status }) => (status === "undone" ? t("actions.undone") : null),
    },
  );
}

export function useDiscardImport(onSuccess: () => void) {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/imports/{import_id}", { params: at(id) })),
    {
      invalidates: [["imports", "list"]],
      onSuccess,
    },
  );
}
