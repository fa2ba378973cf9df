"use client";

import { ChevronsUpDown } from "lucide-react";
import { OrgLogo } from "@/components/org-logo";
import { LazyMenu } from "@/components/ui/lazy-menu";
import { useSession } from "@/lib/session/context";
import { t } from "@/components/messages";

const loadItems = () => import("./org-switcher-items").then((module) => module.OrgSwitcherItems);

export function OrgSwitcher() {
  const { org } = useSession();
  return (
    <LazyMenu
      load={loadItems}
      trigger={
        <button className="flex h-11 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover data-[state=open]:bg-hover">
          <OrgLogo />
          <span className="min-w-0 flex-1">
            <span className="sr-only">{t("orgs.prefix")}</span>
            <span className="block truncate text-sm font-semibold">{org?.name ?? t("orgs.none")}</span>
            <span className="block text-xs text-muted capitalize">{org && t(`roles.${org.role}`)}</span>
          </span>
          <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden />
        </button>
      }
    />
  );
}
