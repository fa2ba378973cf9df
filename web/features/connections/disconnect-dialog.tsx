"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Checkbox } from "@/components/ui/field";
import type { Account } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { useDisconnect } from "./queries";

export function DisconnectDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const [deleteData, setDeleteData] = useState(false);
  const disconnect = useDisconnect(onClose);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Disconnect ${providerName(account.provider)} of ${account.artist_name}?`}
      act={deleteData ? "Disconnect and delete the data" : "Disconnect"}
      busy={disconnect.isPending}
      onConfirm={() => disconnect.mutate({ id: account.id, deleteData })}
    >
      <p>
        Its tokens are deleted, and it is no longer synced. To connect it again, the artist must give a new consent.
      </p>
      <Checkbox
        className="mt-3 text-fg"
        checked={deleteData}
        onChange={(event) => setDeleteData(event.target.checked)}
        label="Also delete all of its data. This cannot be undone."
      />
    </ConfirmDialog>
  );
}
