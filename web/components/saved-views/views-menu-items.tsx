"use client";

import { BookmarkPlus, Settings2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { MenuTriggerElement } from "@/components/ui/lazy-menu";
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import type { SavedView } from "@/lib/api/types";
import { t } from "./messages";
import { addressOf, pageOf, useSavedViews } from "./queries";

const ViewDialog = dynamic(() => import("./view-dialog").then((module) => module.ViewDialog), { ssr: false });
const ManageDialog = dynamic(() => import("./manage-dialog").then((module) => module.ManageDialog), { ssr: false });

export function ViewsMenuItems({ trigger }: { trigger: MenuTriggerElement }) {
  const [open, setOpen] = useState(true);
  const [dialog, setDialog] = useState<"save" | "manage">();
  const { data } = useSavedViews(open);
  const views = data?.items ?? [];
  return (
    <>
      <Menu open={open} onOpenChange={setOpen}>
        <MenuTrigger asChild>{trigger}</MenuTrigger>
        <MenuContent align="end" className="max-w-80">
          <Views label={t("menu.own")} views={views.filter((view) => view.is_own)} />
          <Views label={t("menu.shared")} views={views.filter((view) => !view.is_own)} />
          {data && views.length === 0 && <MenuLabel>{t("none")}</MenuLabel>}
          {views.length > 0 && <MenuSeparator />}
          <MenuItem onSelect={() => setDialog("save")}>
            <BookmarkPlus aria-hidden /> {t("menu.save")}
          </MenuItem>
          {views.length > 0 && (
            <MenuItem onSelect={() => setDialog("manage")}>
              <Settings2 aria-hidden /> {t("menu.manage")}
            </MenuItem>
          )}
        </MenuContent>
      </Menu>
      {dialog === "save" && <ViewDialog onClose={() => setDialog(undefined)} />}
      {dialog === "manage" && <ManageDialog onClose={() => setDialog(undefined)} />}
    </>
  );
}

function Views({ label, views }: { label: string; views: SavedView[] }) {
  const router = useRouter();
  if (views.length === 0) return null;
  return (
    <>
      <MenuLabel>{label}</MenuLabel>
      {views.map((view) => (
        <MenuItem key={view.id} onSelect={() => router.push(addressOf(view))}>
          <span className="truncate">{view.name}</span>{" "}
          <span className="ml-auto shrink-0 pl-3 text-xs text-muted">{pageOf(view)}</span>
        </MenuItem>
      ))}
    </>
  );
}
