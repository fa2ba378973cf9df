"use client";

import { ChevronsUpDown, Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { OrgLogo } from "@/components/org-logo";
import { Menu, MenuCheck, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { useSession } from "@/lib/session/context";
import { t } from "@/components/messages";

export function OrgSwitcher() {
  const { me, org, switchOrg } = useSession();
  const router = useRouter();
  return (
    <Menu>
      <MenuTrigger className="flex h-11 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover data-[state=open]:bg-hover">
        <OrgLogo />
        <span className="min-w-0 flex-1">
          <span className="sr-only">{t("orgs.prefix")}</span>
          <span className="block truncate text-sm font-semibold">{org?.name ?? t("orgs.none")}</span>
          <span className="block text-xs text-muted capitalize">{org && t(`roles.${org.role}`)}</span>
        </span>
        <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden />
      </MenuTrigger>
      <MenuContent align="start" className="w-(--radix-dropdown-menu-trigger-width)">
        <MenuLabel>{t("orgs.yours")}</MenuLabel>
        {me.orgs.map((each) => (
          <MenuCheck
            key={each.id}
            checked={each.id === org?.id}
            onSelect={() => each.id !== org?.id && switchOrg(each.id)}
          >
            <span className="min-w-0 flex-1 truncate">{each.name}</span>
            <span className="text-xs text-muted capitalize">{t(`roles.${each.role}`)}</span>
          </MenuCheck>
        ))}
        <MenuSeparator />
        <MenuItem onSelect={() => router.push("/welcome/")}>
          <Plus aria-hidden /> {t("orgs.create")}
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
