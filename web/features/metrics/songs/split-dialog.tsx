"use client";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { Song } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { t } from "./messages";
import { useSplit } from "./queries";

type Props = { song: Song; asset: Song["assets"][number]; onClose: () => void };

/** Take an item of a platform off a song: it is another song, or none. Can be undone. */
export function SplitDialog({ song, asset, onClose }: Props) {
  const split = useSplit(song.id, onClose);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("split.title", { title: asset.title, provider: providerName(asset.provider) })}
      description={t("split.note", { song: song.title })}
    >
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t("split.cancel")}</Button>
        <Button disabled={split.isPending} onClick={() => split.mutate({ asset_id: asset.id, as_song: false })}>
          {t("split.none")}
        </Button>
        <Button disabled={split.isPending} onClick={() => split.mutate({ asset_id: asset.id, as_song: true })}>
          {t("split.another")}
        </Button>
      </div>
    </Dialog>
  );
}
