"use client";

import { useSyncExternalStore } from "react";

/**
 * Why an open page must sign in again: its session ended, the code of the second factor is missing, or an act that
 * cannot be undone needs a sign-in of these minutes.
 */
export type Reauthentication = "session-ended" | "mfa" | "confirm" | null;

let current: Reauthentication = null;
let signingOut = false;
const listeners = new Set<() => void>();

function setCurrent(next: Reauthentication): void {
  if (next === current) return;
  current = next;
  listeners.forEach((listener) => listener());
}

/** Require a new sign-in on this page, because the server refuses its requests. Ignored during a sign-out. */
export function requireReauthentication(reason: "session-ended" | "mfa" | "confirm"): void {
  if (!signingOut) setCurrent(reason);
}

/** Mark the user as signed in again: the page continues. */
export function clearReauthentication(): void {
  setCurrent(null);
}

/** Run `signOut`, without requiring a new sign-in when the session ends. */
export async function whileSigningOut(signOut: () => Promise<void>): Promise<void> {
  signingOut = true;
  try {
    await signOut();
  } finally {
    signingOut = false;
    setCurrent(null);
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useReauthentication(): Reauthentication {
  return useSyncExternalStore(
    subscribe,
    () => current,
    () => null,
  );
}
