"use client";

import { CircleCheck, Sparkles, TriangleAlert, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { createContext, useCallback, useContext, useMemo, useState } from "react";
import { sentence } from "@/lib/api/error";
import { Button } from "./button";

type Kind = "done" | "error" | "news";
type Note = { id: number; kind: Kind; title: string; action?: { label: string; run: () => void } };
type Tell = (title: string, more?: { kind?: Kind; action?: Note["action"] }) => void;

const Context = createContext<Tell>(() => undefined);
const ICONS = {
  done: <CircleCheck className="text-up" aria-hidden />,
  error: <TriangleAlert className="text-down" aria-hidden />,
  news: <Sparkles className="text-accent" aria-hidden />,
};

let count = 0;

export function ToastProvider({ children }: { children: React.ReactNode }) {
  const [notes, setNotes] = useState<Note[]>([]);
  const tell = useCallback<Tell>((title, more) => {
    setNotes((now) => [...now.slice(-2), { id: ++count, kind: more?.kind ?? "done", title, action: more?.action }]);
  }, []);
  return (
    <Context.Provider value={tell}>
      <Radix.Provider duration={6000} label="Notice">
        {children}
        {notes.map((note) => (
          <Radix.Root
            key={note.id}
            onOpenChange={(open) => !open && setNotes((now) => now.filter((each) => each.id !== note.id))}
            className="animate-slide flex items-center gap-2.5 rounded-lg border border-line bg-panel py-2 pr-2 pl-3 shadow-lift [&>svg]:size-4 [&>svg]:shrink-0"
          >
            {ICONS[note.kind]}
            <Radix.Title className="min-w-0 flex-1 text-sm">{note.title}</Radix.Title>
            {note.action && (
              <Radix.Action asChild altText={note.action.label}>
                <Button variant="ghost" className="text-accent" onClick={note.action.run}>
                  {note.action.label}
                </Button>
              </Radix.Action>
            )}
            <Radix.Close asChild>
              <Button variant="ghost" size="icon" aria-label="Dismiss">
                <X aria-hidden />
              </Button>
            </Radix.Close>
          </Radix.Root>
        ))}
        <Radix.Viewport className="fixed right-3 bottom-3 z-[60] flex w-[min(400px,calc(100vw-24px))] flex-col gap-2" />
      </Radix.Provider>
    </Context.Provider>
  );
}

/** Tell the person what became of their act: `tell("Saved")`. */
export function useTell() {
  const tell = useContext(Context);
  return useMemo(() => ({ tell, tellError: (error: unknown) => tell(sentence(error), { kind: "error" }) }), [tell]);
}
