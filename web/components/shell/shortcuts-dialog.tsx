"use client";

import { useEffect, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { SHORTCUTS_EVENT } from "./keyboard-shortcuts";
import { NAV_ITEMS } from "./navigation";

const SHORTCUTS: [string[], string][] = [
  [["Ctrl", "K"], "Find an artist or a page"],
  [["/"], "Filter or search on this page"],
  [["j"], "Next row of a list"],
  [["k"], "Previous row"],
  [["1"], "Last 7 days"],
  [["2"], "Last 28 days"],
  [["3"], "Last 90 days"],
  [["4"], "Last 365 days"],
  [["t"], "Light or dark"],
  [["?"], "Keyboard shortcuts"],
];

function Key({ children }: { children: React.ReactNode }) {
  return (
    <kbd className="inline-grid h-5 min-w-5 place-items-center rounded border border-line bg-hover px-1 font-sans text-xs font-medium">
      {children}
    </kbd>
  );
}

function Shortcut({ keys, text }: { keys: string[]; text: string }) {
  return (
    <div className="flex items-center justify-between gap-4 py-1 text-sm">
      <dt>{text}</dt>
      <dd className="flex gap-1">
        {keys.map((key) => (
          <Key key={key}>{key}</Key>
        ))}
      </dd>
    </div>
  );
}

export function ShortcutsDialog({ startsOpen = false }: { startsOpen?: boolean }) {
  const [open, setOpen] = useState(startsOpen);
  useEffect(() => {
    const show = () => setOpen(true);
    window.addEventListener(SHORTCUTS_EVENT, show);
    return () => window.removeEventListener(SHORTCUTS_EVENT, show);
  }, []);
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard" className="w-[min(640px,calc(100vw-24px))]">
      <div className="grid gap-x-10 gap-y-4 sm:grid-cols-2">
        <section>
          <h3 className="mb-1 text-xs font-medium text-muted">Anywhere</h3>
          <dl>
            {SHORTCUTS.map(([keys, text]) => (
              <Shortcut key={text} keys={keys} text={text} />
            ))}
          </dl>
        </section>
        <section>
          <h3 className="mb-1 text-xs font-medium text-muted">Go to</h3>
          <dl>
            {NAV_ITEMS.map((item) => (
              <Shortcut key={item.href} keys={["g", item.key]} text={item.name} />
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
