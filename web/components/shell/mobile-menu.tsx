"use client";

import { Menu as MenuIcon } from "lucide-react";
import { useState } from "react";
import { Dialog as Radix } from "radix-ui";
import { Button } from "@/components/ui/button";
import { Sidebar } from "./sidebar";
import { t } from "@/components/messages";

/** The sidebar of a phone, with the button that opens it. It starts open. */
export function MobileMenu() {
  const [open, setOpen] = useState(true);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("shell.openMenu")}>
          <MenuIcon aria-hidden />
        </Button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Overlay className="animate-fade fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 w-[min(280px,85vw)] border-r border-line bg-bg shadow-lift"
        >
          <Radix.Title className="sr-only">{t("shell.menu")}</Radix.Title>
          <Sidebar onNavigate={() => setOpen(false)} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
