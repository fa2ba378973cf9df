"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { Member } from "@/lib/api/types";
import { ArtistAccess, accessBody, type Access } from "./artist-access";
import { useChangeMember } from "./queries";
import { t } from "../messages";

/** The artists of one member; a change is saved as a whole. */
export function MemberArtists({ member, disabled }: { member: Member; disabled: boolean }) {
  const [draft, setDraft] = useState<Access | null>(null);
  const change = useChangeMember();
  const save = (access: Access) =>
    change.mutate({ id: member.id, ...accessBody(member.role, access) }, { onSuccess: () => setDraft(null) });
  return (
    <div className="grid gap-3">
      <ArtistAccess role={member.role} access={draft ?? member} disabled={disabled} onChange={setDraft} />
      {draft && (
        <div className="flex gap-2">
          <Button variant="primary" busy={change.isPending} onClick={() => save(draft)}>
            {t("access.save")}
          </Button>
          <Button onClick={() => setDraft(null)}>{t("cancel")}</Button>
        </div>
      )}
    </div>
  );
}
