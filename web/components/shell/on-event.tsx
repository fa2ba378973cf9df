"use client";

import { useEffect, useState } from "react";
import { unreachable } from "@/lib/api/error";
import { useToast } from "@/lib/toast";

type Dialog = React.ComponentType<{ startsOpen: boolean }>;

/** A dialog whose script is loaded when it is opened for the first time. `load` must be stable. */
export function OnEvent({ event, load }: { event: string; load: () => Promise<Dialog> }) {
  const [dialog, setDialog] = useState<{ Dialog: Dialog } | null>(null);
  const { showError } = useToast();
  useEffect(() => {
    if (dialog) return;
    const open = () =>
      void load()
        .then((Dialog) => setDialog({ Dialog }))
        .catch(() => showError(unreachable()));
    window.addEventListener(event, open);
    return () => window.removeEventListener(event, open);
  }, [dialog, event, load, showError]);
  return dialog ? <dialog.Dialog startsOpen /> : null;
}
