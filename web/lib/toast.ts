"use client";

import { createContext, useContext, useMemo } from "react";
import { errorMessage } from "@/lib/api/error";

export type ToastKind = "success" | "error" | "info";
export type ToastAction = { label: string; run: () => void };
export type ShowToast = (title: string, options?: { kind?: ToastKind; action?: ToastAction }) => void;

/** Provided by `components/ui/toast`, which draws the toasts. */
export const ToastContext = createContext<ShowToast>(() => undefined);

/** Show the result of an action in the corner: `showToast("Saved")`, `showError(error)`. */
export function useToast() {
  const showToast = useContext(ToastContext);
  return useMemo(
    () => ({ showToast, showError: (error: unknown) => showToast(errorMessage(error), { kind: "error" }) }),
    [showToast],
  );
}
