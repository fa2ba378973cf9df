"use client";

import { useSyncExternalStore } from "react";
import type { UnplacedFile } from "@/lib/api/types";

/** A file that waits for its artist: this browser still has it, the server has not. `source` is what is sent again. */
export type WaitingFile = UnplacedFile & { source: { path: string; file: File } };

const NONE: WaitingFile[] = [];
const waiting = new Map<string, WaitingFile[]>();
const listeners = new Set<() => void>();

/** Keep the files of a batch that wait, until they are placed or the page is left for good. */
export function keepWaiting(batch: string, files: WaitingFile[]) {
  waiting.set(batch, files);
  listeners.forEach((listener) => listener());
}

export const waitingOf = (batch: string): WaitingFile[] => waiting.get(batch) ?? NONE;

export function useWaitingFiles(batch: string): WaitingFile[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waitingOf(batch),
    () => NONE,
  );
}
