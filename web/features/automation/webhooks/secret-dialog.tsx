"use client";

import { CopyText } from "@/components/copy-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { CreatedWebhookSource } from "@/lib/api/types";
import { t } from "../messages";

/** The address of a sender, with what is shown only once: the secret that ARTi made, and Meta's token. */
export function SecretDialog({ source, onClose }: { source: CreatedWebhookSource; onClose: () => void }) {
  const once = source.secret ?? source.verify_token;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("secret.maySend", { name: t(`senders.${source.source}`) })}
      description={once ? t("secret.copyNow") : t("secret.enterThere")}
      className="w-[min(560px,calc(100vw-24px))]"
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <CopyText text={source.url} label={t("channel.address")} />
        {source.secret && <CopyText text={source.secret} label={t("secret.secret")} />}
        {source.verify_token && <CopyText text={source.verify_token} label={t("secret.token")} />}
        <div className="flex justify-end">
          <Button variant="primary" onClick={onClose}>
            {t("done")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
