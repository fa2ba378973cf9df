"use client";

import { useRouter } from "next/navigation";
import { useEffect, useLayoutEffect } from "react";
import { PERIODS } from "@/lib/period";
import { toggleTheme } from "@/lib/theme";
import { NAV_ITEMS } from "./navigation";

export const SHORTCUTS_EVENT = "arti:shortcuts";
export const PALETTE_EVENT = "arti:palette";
/** Dispatched when 1, 2, 3 or 4 is pressed; detail is the number of days. */
export const PERIOD_EVENT = "arti:period";

const SHORTCUTS_DISABLED = "arti-keys-off";
const SECOND_KEY_MS = 1200;

export const shortcutsDisabled = () => window.localStorage.getItem(SHORTCUTS_DISABLED) === "1";
export const setShortcutsDisabled = (off: boolean) => window.localStorage.setItem(SHORTCUTS_DISABLED, off ? "1" : "0");

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || Boolean(target.closest("input, textarea, select, [role=menu], [role=dialog]")))
  );
}

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>("[data-filter]");
  filter?.focus();
  filter?.select();
  return Boolean(filter);
}

/** Move the focus to the next or the previous visible row of the page. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => row.checkVisibility());
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
}

/** The keyboard shortcuts. Single keys are ignored in fields, menus and dialogs, and can be turned off (WCAG 2.1.4). */
export function useKeyboardShortcuts(): void {
  const router = useRouter();
  // Before the first paint, so that shortcuts work as soon as the page is visible.
  useLayoutEffect(() => {
    let waitingSince = -Infinity;
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        window.dispatchEvent(new Event(PALETTE_EVENT));
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || shortcutsDisabled()) return;
      if (event.timeStamp - waitingSince < SECOND_KEY_MS) {
        waitingSince = -Infinity;
        const item = NAV_ITEMS.find((each) => each.key === event.key);
        if (item) router.push(item.href);
        return;
      }
      if (event.key === "g") waitingSince = event.timeStamp;
      else if (event.key === "/" && focusFilter()) event.preventDefault();
      else if (event.key === "j") moveRow(1);
      else if (event.key === "k") moveRow(-1);
      else if (event.key === "t") toggleTheme();
      else if (event.key === "?") window.dispatchEvent(new Event(SHORTCUTS_EVENT));
      else {
        const days = PERIODS[Number(event.key) - 1];
        if (days) window.dispatchEvent(new CustomEvent(PERIOD_EVENT, { detail: days }));
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [router]);
}

/** Run `run` when a period key is pressed. */
export function usePeriodShortcuts(run: (days: number) => void): void {
  useEffect(() => {
    const listener = (event: Event) => run((event as CustomEvent<number>).detail);
    window.addEventListener(PERIOD_EVENT, listener);
    return () => window.removeEventListener(PERIOD_EVENT, listener);
  }, [run]);
}
