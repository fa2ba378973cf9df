"use client";

import { useSyncExternalStore } from "react";

/** What keeps an open page from going on: its session ended, or the code of the second step is missing. */
export type Interruption = "ended" | "second-step" | null;

let now: Interruption = null;
let leaving = false;
const hearers = new Set<() => void>();

function become(next: Interruption): void {
  if (next === now) return;
  now = next;
  hearers.forEach((hear) => hear());
}

/** Say that the server refuses what this page asks. Nothing happens while the person signs out themselves. */
export function interrupt(why: "ended" | "second-step"): void {
  if (!leaving) become(why);
}

/** Say that the person is in again: the page goes on where it was. */
export function goOn(): void {
  become(null);
}

/** Run `leave`, and take the end of the session that it brings for what it is. */
export async function whileLeaving(leave: () => Promise<void>): Promise<void> {
  leaving = true;
  try {
    await leave();
  } finally {
    leaving = false;
    become(null);
  }
}

function subscribe(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

export function useInterruption(): Interruption {
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => null,
  );
}
