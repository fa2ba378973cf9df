"use client";

import { Keyboard, LogOut, Monitor, Moon, MoreHorizontal, Sun, UserRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { useSession } from "@/lib/session/context";
import { applyTheme } from "@/lib/theme";
import { SHORTCUTS_EVENT } from "./keyboard-shortcuts";
import { t } from "@/components/messages";

export function UserMenu() {
  const { me, signOut } = useSession();
  const router = useRouter();
  const name = me.user.display_name || me.user.email;
  return (
    <Menu>
      <MenuTrigger className="flex h-10 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover data-[state=open]:bg-hover">
        <span
          aria-hidden
          className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase"
        >
          {name.slice(0, 1)}
        </span>
        <span className="min-w-0 flex-1 truncate text-sm">
          <span className="sr-only">{t("user.prefix")}</span>
          {name}
        </span>
        <MoreHorizontal className="size-4 shrink-0 text-muted" aria-hidden />
      </MenuTrigger>
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
