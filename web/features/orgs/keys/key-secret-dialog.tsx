"use client";

import { CopyText } from "@/components/copy-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { MadeKey } from "@/lib/api/types";
import { Example } from "./key-usage";

/** The one sight of a new key. */
export function KeySecretDialog({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`The key for ${made.key.name}`}
      description="Copy it now: it is shown this once, and stored nowhere in clear."
      className="w-[min(560px,calc(100vw-24px))]"
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <CopyText text={made.secret} label="Key" />
        <Example secret={made.secret} />
        <div className="flex justify-end">
          <Button variant="primary" onClick={onClose}>
            I have copied it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
