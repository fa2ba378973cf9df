"use client";

import { Tooltip as Radix } from "radix-ui";

export const TooltipProvider = Radix.Provider;

/** A short note on hover and focus. Never the only place of an information. */
export function Tooltip({ text, children }: { text: React.ReactNode; children: React.ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={4}
          collisionPadding={8}
          className="animate-in z-50 max-w-72 rounded-md bg-fg px-2.5 py-1.5 text-xs text-bg shadow-lift"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
