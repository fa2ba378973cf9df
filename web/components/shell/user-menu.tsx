"use client";

import { MoreHorizontal } from "lucide-react";
import { LazyMenu } from "@/components/ui/lazy-menu";
import { useSession } from "@/lib/session/context";
import { t } from "@/components/messages";

const loadItems = () => import("./user-menu-items").then((module) => module.UserMenuItems);

export function UserMenu() {
  const { me } = useSession();
  const name = me.user.display_name || me.user.email;
  return (
    <LazyMenu
      load={loadItems}
      trigger={
        <button className="flex h-10 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover data-[state=open]:bg-hover">
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
        </button>
      }
    />
  );
}
