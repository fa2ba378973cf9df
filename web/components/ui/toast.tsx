"use client";

import { CircleCheck, Sparkles, TriangleAlert, X } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { type ShowToast, ToastContext, type ToastAction, type ToastKind } from "@/lib/toast";
import { Button } from "./button";
import { t } from "@/components/messages";

type ToastData = { id: number; kind: ToastKind; title: string; action?: ToastAction };

const DURATION_MS = 7000;
const MAX_TOASTS = 3;
const ICONS = {
  success: <CircleCheck className="text-up" aria-hidden />,
  error: <TriangleAlert className="text-down" aria-hidden />,
  info: <Sparkles className="text-accent" aria-hidden />,
};

let lastId = 0;

/** Toasts in the corner. Not a dismissable layer: Escape still closes the open dialog. */
export function ToastProvider({ children }: { children: React.ReactNode }) {
  const [toasts, setToasts] = useState<ToastData[]>([]);
  const showToast = useCallback<ShowToast>((title, options) => {
    const toast = { id: ++lastId, kind: options?.kind ?? "success", title, action: options?.action };
    setToasts((shown) => [...shown.slice(1 - MAX_TOASTS), toast]);
  }, []);
  const dismiss = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  return (
    <ToastContext.Provider value={showToast}>
      {children}
      <section
        aria-label={t("toast.label")}
        aria-live="polite"
        className="pointer-events-none fixed right-3 bottom-3 z-[60] w-[min(400px,calc(100vw-24px))]"
      >
        <ul className="grid gap-2">
          {toasts.map((toast) => (
            <Toast key={toast.id} toast={toast} onDismiss={dismiss} />
          ))}
        </ul>
      </section>
    </ToastContext.Provider>
  );
}

function Toast({ toast, onDismiss }: { toast: ToastData; onDismiss: (id: number) => void }) {
  const paused = useRef(false);
  useEffect(() => {
    // It stays while it is hovered or has the focus.
    const timer = window.setInterval(() => !paused.current && onDismiss(toast.id), DURATION_MS);
    return () => window.clearInterval(timer);
  }, [toast.id, onDismiss]);
  const pause = (on: boolean) => () => {
    paused.current = on;
  };
  return (
    <li
      onMouseEnter={pause(true)}
      onMouseLeave={pause(false)}
      onFocus={pause(true)}
      onBlur={pause(false)}
      className="animate-slide pointer-events-auto flex items-center gap-2.5 rounded-lg border border-line bg-panel py-2 pr-2 pl-3 shadow-lift [&>svg]:size-4 [&>svg]:shrink-0"
    >
      {ICONS[toast.kind]}
      <span className="min-w-0 flex-1 text-sm">{toast.title}</span>
      {toast.action && (
        <Button
          variant="ghost"
          className="text-accent"
          onClick={() => {
            toast.action?.run();
            onDismiss(toast.id);
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <Button variant="ghost" size="icon" aria-label={t("toast.dismiss")} onClick={() => onDismiss(toast.id)}>
        <X aria-hidden />
      </Button>
    </li>
  );
}
