"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState } from "react";
import { cn } from "@/lib/class-names";
import { Button } from "./button";
import { t } from "@/components/messages";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: React.ReactNode;
  description?: React.ReactNode;
  children: React.ReactNode;
  className?: string;
};

const overlay = "animate-fade fixed inset-0 z-40 bg-black/40";

function Close() {
  return (
    <Radix.Close asChild>
      <Button variant="ghost" size="icon" aria-label={t("actions.close")} className="absolute top-3 right-3">
        <X aria-hidden />
      </Button>
    </Radix.Close>
  );
}

/** The focused element; for an item of a menu, the menu's trigger, because the menu is gone when the dialog closes. */
function findOpener(): Element | null {
  const menu = document.activeElement?.closest("[role=menu]");
  return menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : document.activeElement;
}

/** Return the focus to where it was. Radix returns it to triggers only, but rows, shortcuts and links open dialogs too. */
export function DialogContent(props: React.ComponentProps<typeof Radix.Content>) {
  // Read on the first render: a field with autoFocus takes the focus before Radix reports that the dialog opens.
  const [opener] = useState(findOpener);
  return (
    <Radix.Content
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        const back = opener?.isConnected && opener !== document.body ? opener : document.getElementById("main");
        if (back instanceof HTMLElement) back.focus({ preventScroll: true });
      }}
      {...props}
    />
  );
}

export function Dialog({ open, onOpenChange, title, description, children, className }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <DialogContent
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn(
            "animate-in fixed top-1/2 left-1/2 z-50 max-h-[min(90dvh,720px)] w-[min(480px,calc(100vw-24px))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-xl border border-line bg-panel p-5 shadow-lift",
            className,
          )}
        >
          <Radix.Title className="pr-8 text-lg font-semibold">{title}</Radix.Title>
          {description && <Radix.Description className="mt-1 text-sm text-muted">{description}</Radix.Description>}
          <div className="mt-4">{children}</div>
          <Close />
        </DialogContent>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A panel from the right, for a detail beside its list. */
export function Sheet({ open, onOpenChange, title, description, children, className }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <DialogContent
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn(
            "animate-slide fixed inset-y-0 right-0 z-50 flex w-[min(560px,100vw)] flex-col border-l border-line bg-panel shadow-lift",
            className,
          )}
        >
          <header className="border-b border-line px-5 py-4">
            <Radix.Title className="pr-10 text-lg font-semibold">{title}</Radix.Title>
            {description && <Radix.Description className="mt-1 text-sm text-muted">{description}</Radix.Description>}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          <Close />
        </DialogContent>
      </Radix.Portal>
    </Radix.Root>
  );
}
