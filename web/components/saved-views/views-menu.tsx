"use client";

import { Bookmark } from "lucide-react";
import { Button } from "@/components/ui/button";
import { LazyMenu } from "@/components/ui/lazy-menu";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";

const loadItems = () => import("./views-menu-items").then((module) => module.ViewsMenuItems);

/** Opens saved views, and saves the page that is shown. */
export function ViewsMenu() {
  const { can } = useSession();
  if (!can("roster:read")) return null;
  return (
    <LazyMenu
      load={loadItems}
      trigger={
        <Button>
          <Bookmark aria-hidden /> {t("button")}
        </Button>
      }
    />
  );
}
