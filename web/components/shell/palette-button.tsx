"use client";

import { Search } from "lucide-react";
import { Button } from "@/components/ui/button";
import { PALETTE_EVENT } from "./keyboard-shortcuts";
import { t } from "@/components/messages";

type Props = { onOpen?: () => void; className?: string; children?: React.ReactNode };

/** Opens the palette: for who does not know its key, and on phones. An icon alone without children. */
export function PaletteButton({ onOpen, className, children }: Props) {
  return (
    <Button
      variant={children ? "outline" : "ghost"}
      size={children ? "sm" : "icon"}
      className={className}
      aria-label={t("palette.open")}
      onClick={() => {
        onOpen?.();
        window.dispatchEvent(new Event(PALETTE_EVENT));
      }}
    >
      <Search aria-hidden /> {children}
    </Button>
  );
}
