"use client";

import { CopyText } from "@/components/copy-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { MadeKey } from "@/lib/api/types";
import { Example } from "./key-usage";
import { t } from "../messages";

/** The secret of a new key, shown only once. */
export function KeySecretDialog({ created, onClose }: { created: MadeKey; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("keys.of", { name: created.key.name })}
      description={t("keys.copyNow")}
      className="w-[min(560px,calc(100vw-24px))]"
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <CopyText text={created.secret} label={t("keys.key")} />
        <Example secret={created.secret} scope={created.key.scope} />
        <div className="flex justify-end">
          <Button variant="primary" onClick={onClose}>
            {t("keys.copied")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
