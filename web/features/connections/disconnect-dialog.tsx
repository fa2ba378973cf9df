"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Checkbox } from "@/components/ui/field";
import type { Account } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { t } from "./messages";
import { useDisconnect } from "./queries";

export function DisconnectDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const [deleteData, setDeleteData] = useState(false);
  const disconnect = useDisconnect(onClose);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("disconnect.question", { platform: providerName(account.provider), artist: account.artist_name })}
      act={deleteData ? t("disconnect.withData") : t("account.disconnect")}
      busy={disconnect.isPending}
      onConfirm={() => disconnect.mutate({ id: account.id, deleteData })}
    >
      <p>{t("disconnect.hint")}</p>
      <Checkbox
        className="mt-3 text-fg"
        checked={deleteData}
        onChange={(event) => setDeleteData(event.target.checked)}
        label={t("disconnect.alsoData")}
      />
    </ConfirmDialog>
  );
}
