"use client";

import { CircleCheck, Sparkles, TriangleAlert, X } from "lucide-react";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { sentence } from "@/lib/api/error";
import { Button } from "./button";

type Kind = "done" | "error" | "news";
type Note = { id: number; kind: Kind; title: string; action?: { label: string; run: () => void } };
type Tell = (title: string, more?: { kind?: Kind; action?: Note["action"] }) => void;

const SHOWN_MS = 7000;
const MOST = 3;
const ICONS = {
  done: <CircleCheck className="text-up" aria-hidden />,
  error: <TriangleAlert className="text-down" aria-hidden />,
  news: <Sparkles className="text-accent" aria-hidden />,
};

const Context = createContext<Tell>(() => undefined);
let count = 0;

/** Notes in the corner. Not a layer of their own: Escape goes on closing the dialog that is open. */
export function ToastProvider({ children }: { children: React.ReactNode }) {
  const [notes, setNotes] = useState<Note[]>([]);
  const tell = useCallback<Tell>((title, more) => {
    setNotes((now) => [
      ...now.slice(1 - MOST),
      { id: ++count, kind: more?.kind ?? "done", title, action: more?.action },
    ]);
  }, []);
  const dismiss = useCallback((id: number) => setNotes((now) => now.filter((note) => note.id !== id)), []);
  return (
    <Context.Provider value={tell}>
      {children}
      <section
        aria-label="Notices"
        aria-live="polite"
        className="pointer-events-none fixed right-3 bottom-3 z-[60] w-[min(400px,calc(100vw-24px))]"
      >
        <ul className="grid gap-2">
          {notes.map((note) => (
            <Toast key={note.id} note={note} onDismiss={dismiss} />
          ))}
        </ul>
      </section>
    </Context.Provider>
  );
}

function Toast({ note, onDismiss }: { note: Note; onDismiss: (id: number) => void }) {
  const held = useRef(false);
  useEffect(() => {
    // Held under the pointer or the focus, it waits for another round.
    const timer = window.setInterval(() => !held.current && onDismiss(note.id), SHOWN_MS);
    return () => window.clearInterval(timer);
  }, [note.id, onDismiss]);
  const hold = (on: boolean) => () => {
    held.current = on;
  };
  return (
    <li
      onMouseEnter={hold(true)}
      onMouseLeave={hold(false)}
      onFocus={hold(true)}
      onBlur={hold(false)}
      className="animate-slide pointer-events-auto flex items-center gap-2.5 rounded-lg border border-line bg-panel py-2 pr-2 pl-3 shadow-lift [&>svg]:size-4 [&>svg]:shrink-0"
    >
      {ICONS[note.kind]}
      <span className="min-w-0 flex-1 text-sm">{note.title}</span>
      {note.action && (
        <Button
          variant="ghost"
          className="text-accent"
          onClick={() => {
            note.action?.run();
            onDismiss(note.id);
          }}
        >
          {note.action.label}
        </Button>
      )}
      <Button variant="ghost" size="icon" aria-label="Dismiss" onClick={() => onDismiss(note.id)}>
        <X aria-hidden />
      </Button>
    </li>
  );
}

/** Tell the person what became of their act: `tell("Saved")`. */
export function useTell() {
  const tell = useContext(Context);
  return useMemo(() => ({ tell, tellError: (error: unknown) => tell(sentence(error), { kind: "error" }) }), [tell]);
}
