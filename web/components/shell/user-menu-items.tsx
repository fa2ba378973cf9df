"use client";

import { Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { useRouter } from "next/navigation";
import type { MenuTriggerElement } from "@/components/ui/lazy-menu";
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { useSession } from "@/lib/session/context";
import { applyTheme } from "@/lib/theme";
import { SHORTCUTS_EVENT } from "./keyboard-shortcuts";
import { t } from "@/components/messages";

export function UserMenuItems({ trigger }: { trigger: MenuTriggerElement }) {
  const { me, signOut } = useSession();
  const router = useRouter();
  return (
    <Menu defaultOpen>
      <MenuTrigger asChild>{trigger}</MenuTrigger>
      <MenuContent side="top" align="start" className="w-56">
        <MenuLabel className="truncate">{me.user.email}</MenuLabel>
        <MenuItem onSelect={() => router.push("/settings/?view=account")}>
          <UserRound aria-hidden /> {t("user.account")}
        </MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={() => applyTheme("light")}>
          <Sun aria-hidden /> {t("user.light")}
        </MenuItem>
        <MenuItem onSelect={() => applyTheme("dark")}>
          <Moon aria-hidden /> {t("user.dark")}
        </MenuItem>
        <MenuItem onSelect={() => applyTheme("system")}>
          <Monitor aria-hidden /> {t("user.system")}
        </MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={() => window.dispatchEvent(new Event(SHORTCUTS_EVENT))}>
          <Keyboard aria-hidden /> {t("shortcuts.help")}
        </MenuItem>
        <MenuItem onSelect={() => void signOut()}>
          <LogOut aria-hidden /> {t("user.signOut")}
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
