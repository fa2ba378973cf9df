"use client";

import { Link } from "@/components/link";
import { usePathname } from "next/navigation";
import { useSession } from "@/lib/session/context";
import { cn } from "@/lib/class-names";
import { Bell } from "@/components/notifications/bell";
import { OrgSwitcher } from "./org-switcher";
import { NAV_GROUPS } from "./navigation";
import { PaletteButton } from "./palette-button";
import { UserMenu } from "./user-menu";
import { t } from "@/components/messages";

export function Sidebar({ onNavigate }: { onNavigate?: () => void }) {
  const path = usePathname();
  const { can } = useSession();
  return (
    <div className="flex h-full flex-col">
      <div className="flex items-center gap-1 p-2.5">
        <div className="min-w-0 flex-1">
          <OrgSwitcher />
        </div>
        <Bell onNavigate={onNavigate} />
      </div>
      <div className="px-2.5 pb-1">
        <PaletteButton onOpen={onNavigate} className="w-full justify-start">
          {t("palette.open")}
        </PaletteButton>
      </div>
      <nav aria-label={t("nav.main")} className="min-h-0 flex-1 overflow-y-auto px-2.5 pb-4">
        {NAV_GROUPS.map((group) => {
          const items = group.items.filter((item) => can(item.needs));
          if (items.length === 0) return null;
          return (
            <div key={group.name} className="mt-3 first:mt-1">
              <h2 className="px-2 pb-1 text-xs font-medium text-muted">{t(`nav.groups.${group.name}`)}</h2>
              <ul className="grid gap-px">
                {items.map((item) => {
                  const here =
                    item.href === "/" ? path === "/" || path.startsWith("/artist/") : path.startsWith(item.href);
                  return (
                    <li key={item.href}>
                      <Link
                        href={item.href}
                        onClick={onNavigate}
                        aria-current={here ? "page" : undefined}
                        className={cn(
                          "group flex h-8 items-center gap-2.5 rounded-md px-2 text-sm font-medium text-muted transition-colors hover:bg-hover hover:text-fg",
                          here && "bg-accent-soft text-accent hover:bg-accent-soft hover:text-accent",
                        )}
                      >
                        <item.icon className="size-4 shrink-0" aria-hidden />
                        {t(`nav.items.${item.name}`)}
                      </Link>
                    </li>
                  );
                })}
              </ul>
            </div>
          );
        })}
      </nav>
      <div className="border-t border-line p-2.5">
        <UserMenu />
      </div>
    </div>
  );
}
