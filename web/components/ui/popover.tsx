"use client";

import { Popover as Radix } from "radix-ui";
import { cn } from "@/lib/class-names";

export const Popover = Radix.Root;
export const PopoverTrigger = Radix.Trigger;

export function PopoverContent({ className, ...props }: React.ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={4}
        collisionPadding={8}
        className={cn("animate-in z-50 w-72 rounded-lg border border-line bg-panel p-3 shadow-lift", className)}
        {...props}
      />
    </Radix.Portal>
  );
}
