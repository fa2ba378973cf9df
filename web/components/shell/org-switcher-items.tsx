"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import type { MenuTriggerElement } from "@/components/ui/lazy-menu";
import { Menu, MenuCheck, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { useSession } from "@/lib/session/context";
import { t } from "@/components/messages";

export function OrgSwitcherItems({ trigger }: { trigger: MenuTriggerElement }) {
  const { me, org, switchOrg } = useSession();
  const router = useRouter();
  return (
    <Menu defaultOpen>
      <MenuTrigger asChild>{trigger}</MenuTrigger>
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
