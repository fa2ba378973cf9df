"use client";

import { Tags } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";

const TagsDialog = dynamic(() => import("./tags-dialog").then((module) => module.TagsDialog), { ssr: false });

/** Opens the tags of the roster, for who may delete one: a member who edits the roster and sees all artists. */
export function TagsButton() {
  const { can, me } = useSession();
  const [open, setOpen] = useState(false);
  if (!can("roster:write") || me.active?.artist_access === "list") return null;
  return (
    <>
      <Button variant="ghost" size="icon" aria-label={t("tags.tidy")} onClick={() => setOpen(true)}>
        <Tags aria-hidden />
      </Button>
      {open && <TagsDialog onClose={() => setOpen(false)} />}
    </>
  );
}
