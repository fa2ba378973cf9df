"use client";

import { useEffect, useRef, useState } from "react";
import { useOnDemand } from "@/lib/on-demand";
import { PALETTE_EVENT } from "./keyboard-shortcuts";

export type Typed = { text: string; entered: boolean };

const loadPalette = () => import("./command-palette").then((module) => module.CommandPalette);

/** The command palette, loaded when it is first opened. What is typed meanwhile goes into its field. */
export function LazyPalette() {
  const { loaded, open } = useOnDemand(loadPalette);
  const [typed, setTyped] = useState<Typed>({ text: "", entered: false });
  // Until the field has the focus: that is some renders after its script is there.
  const stopKeeping = useRef(() => {});
  useEffect(() => () => stopKeeping.current(), []);

  useEffect(() => {
    if (loaded) return;
    const listener = () => {
      stopKeeping.current(); // pressed twice
      const kept: Typed = { text: "", entered: false };
      const keep = (event: KeyboardEvent) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "Enter") kept.entered = true;
        else if (event.key === "Backspace") kept.text = kept.text.slice(0, -1);
        else if (event.key.length === 1) kept.text += event.key;
        else return;
        event.preventDefault();
        event.stopPropagation();
        setTyped({ ...kept });
      };
      window.addEventListener("keydown", keep, { capture: true });
      stopKeeping.current = () => window.removeEventListener("keydown", keep, { capture: true });
      void open().then((isLoaded) => isLoaded || stopKeeping.current());
    };
    window.addEventListener(PALETTE_EVENT, listener);
    return () => window.removeEventListener(PALETTE_EVENT, listener);
  }, [loaded, open]);

  return loaded ? <loaded.Component typed={typed} onFocus={() => stopKeeping.current()} /> : null;
}
