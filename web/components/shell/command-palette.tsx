"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Dialog as Radix } from "radix-ui";
import { DialogContent } from "@/components/ui/dialog";
import { cn } from "@/lib/class-names";
import { PALETTE_EVENT } from "./keyboard-shortcuts";
import type { Typed } from "./lazy-palette";
import { usePaletteItems, type PaletteItem } from "./palette-items";
import { t } from "@/components/messages";

/** Ctrl+K: find anything by name, act, or ask. `typed` came before its field had the focus, of which `onFocus` tells. */
export function CommandPalette({ typed, onFocus }: { typed: Typed; onFocus: () => void }) {
  const [open, setOpen] = useState(true);
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(typed.text);
  const [at, setAt] = useState(0);
  const [entered, setEntered] = useState(typed.entered);
  const { items, settled } = usePaletteItems(text, open);

  useEffect(() => {
    setText(typed.text);
    setEntered(typed.entered);
  }, [typed]);

  useEffect(() => {
    // Focused immediately, so that no typed letters are lost.
    const toggle = () =>
      flushSync(() => {
        setText("");
        setAt(0);
        setEntered(false);
        setOpen((now) => !now);
      });
    window.addEventListener(PALETTE_EVENT, toggle);
    return () => window.removeEventListener(PALETTE_EVENT, toggle);
  }, []);

  const go = (item: PaletteItem | undefined) => {
    setEntered(false);
    if (!item) return;
    setOpen(false);
    item.run();
  };

  // Enter waits for the results of the current text: the list may still show earlier ones.
  useEffect(() => {
    if (entered && settled) go(items[at]);
  });

  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Portal>
        <Radix.Overlay className="animate-fade fixed inset-0 z-40 bg-black/40" />
        <DialogContent
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // By itself it would select what was typed already, and the next letter would take its place.
            event.preventDefault();
            field.current?.focus();
            field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
          }}
          className="animate-in fixed top-[12vh] left-1/2 z-50 w-[min(560px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-panel shadow-lift"
        >
          <Radix.Title className="sr-only">{t("palette.goTo")}</Radix.Title>
          <div className="flex items-center gap-2.5 border-b border-line px-4">
            <Search className="size-4 shrink-0 text-muted" aria-hidden />
            <input
              ref={field}
              role="combobox"
              aria-label={t("palette.find")}
              aria-expanded
              aria-controls="palette-items"
              aria-activedescendant={items[at] ? `item-${at}` : undefined}
              placeholder={t("palette.find")}
              className="h-12 w-full bg-transparent outline-none placeholder:text-muted"
              value={text}
              onFocus={onFocus}
              onChange={(event) => {
                setText(event.target.value);
                setAt(0);
                setEntered(false);
              }}
              onKeyDown={(event) => {
                if (event.key === "ArrowDown") setAt((now) => Math.min(now + 1, items.length - 1));
                else if (event.key === "ArrowUp") setAt((now) => Math.max(now - 1, 0));
                else if (event.key === "Enter") setEntered(true);
                else return;
                event.preventDefault();
              }}
            />
          </div>
          <ul
            id="palette-items"
            role="listbox"
            aria-label={t("palette.found")}
            className="max-h-80 overflow-y-auto p-1.5"
          >
            {items.map((item, index) => (
              // The input handles the keys: it keeps the focus and names the active option (aria-activedescendant).
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events
              <li
                key={item.id}
                id={`item-${index}`}
                role="option"
                aria-selected={index === at}
                onMouseMove={() => setAt(index)}
                onClick={() => go(item)}
                className={cn(
                  "flex h-9 cursor-pointer items-center justify-between gap-4 rounded-md px-2.5",
                  index === at && "bg-hover",
                )}
              >
                <span className="truncate">{item.name}</span>
                <span className="text-xs text-muted">{item.note}</span>
              </li>
            ))}
          </ul>
          {items.length === 0 && (
            <p className="px-4 pb-6 text-center text-sm text-muted">{t("palette.nothing", { text })}</p>
          )}
        </DialogContent>
      </Radix.Portal>
    </Radix.Root>
  );
}
