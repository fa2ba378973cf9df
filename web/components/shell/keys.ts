"use client";

import { useRouter } from "next/navigation";
import { useEffect, useLayoutEffect } from "react";
import { toggleTheme } from "@/lib/theme";
import { ALL_PLACES } from "./places";

export const HELP = "arti:help";
export const PALETTE = "arti:palette";
/** Sent with the number of days as detail when 1, 2, 3 or 4 is pressed. */
export const PERIOD = "arti:period";

const PERIODS: Record<string, number> = { "1": 7, "2": 28, "3": 90, "4": 365 };
const KEYS_OFF = "arti-keys-off";
const SECOND_KEY_MS = 1200;

export const singleKeysOff = () => window.localStorage.getItem(KEYS_OFF) === "1";
export const setSingleKeysOff = (off: boolean) => window.localStorage.setItem(KEYS_OFF, off ? "1" : "0");

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

/** Go to the next or the previous row of the page's list. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
}

/** The app's keys. Single ones are off inside fields, menus and dialogs, and can be turned off (WCAG 2.1.4). */
export function useKeys(): void {
  const router = useRouter();
  // Before the paint: who sees the page can use its keys.
  useLayoutEffect(() => {
    let waitingSince = -Infinity;
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        window.dispatchEvent(new Event(PALETTE));
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || singleKeysOff()) return;
      if (event.timeStamp - waitingSince < SECOND_KEY_MS) {
        waitingSince = -Infinity;
        const place = ALL_PLACES.find((each) => each.key === event.key);
        if (place) router.push(place.href);
        return;
      }
      if (event.key === "g") waitingSince = event.timeStamp;
      else if (event.key === "/" && focusFilter()) event.preventDefault();
      else if (event.key === "j") moveRow(1);
      else if (event.key === "k") moveRow(-1);
      else if (event.key === "t") toggleTheme();
      else if (event.key === "?") window.dispatchEvent(new Event(HELP));
      else if (PERIODS[event.key]) window.dispatchEvent(new CustomEvent(PERIOD, { detail: PERIODS[event.key] }));
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [router]);
}

/** Run `run` when a period key is pressed. */
export function usePeriodKeys(run: (days: number) => void): void {
  useEffect(() => {
    const hear = (event: Event) => run((event as CustomEvent<number>).detail);
    window.addEventListener(PERIOD, hear);
    return () => window.removeEventListener(PERIOD, hear);
  }, [run]);
}
