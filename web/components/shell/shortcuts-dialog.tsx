"use client";

import { useEffect, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { SHORTCUTS_EVENT } from "./keyboard-shortcuts";
import { NAV_ITEMS } from "./navigation";
import { t } from "@/components/messages";
import { PERIODS } from "@/lib/period";

const shortcuts = (): [string[], string][] => [
  [["Ctrl", "K"], t("palette.find")],
  [["/"], t("shortcuts.filter")],
  [["j"], t("shortcuts.next")],
  [["k"], t("shortcuts.previous")],
  ...PERIODS.map((days, at): [string[], string] => [[String(at + 1)], t("shortcuts.days", { days })]),
  [["t"], t("shortcuts.theme")],
  [["?"], t("shortcuts.help")],
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
    <Dialog open={open} onOpenChange={setOpen} title={t("shortcuts.title")} className="w-[min(640px,calc(100vw-24px))]">
      <div className="grid gap-x-10 gap-y-4 sm:grid-cols-2">
        <section>
          <h3 className="mb-1 text-xs font-medium text-muted">{t("shortcuts.anywhere")}</h3>
          <dl>
            {shortcuts().map(([keys, text]) => (
              <Shortcut key={text} keys={keys} text={text} />
            ))}
          </dl>
        </section>
        <section>
          <h3 className="mb-1 text-xs font-medium text-muted">{t("palette.goTo")}</h3>
          <dl>
            {NAV_ITEMS.map((item) => (
              <Shortcut key={item.href} keys={["g", item.key]} text={t(`nav.items.${item.name}`)} />
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
