"use client";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { Song } from "@/lib/api/types";
import { providerName } from "@/lib/providers";
import { useSplit } from "./queries";

type Props = { song: Song; asset: Song["assets"][number]; onClose: () => void };

/** Take an item of a platform off a song: it is another song, or none. Can be undone. */
export function SplitDialog({ song, asset, onClose }: Props) {
  const split = useSplit(song.id, onClose);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`What is “${asset.title}” of ${providerName(asset.provider)}?`}
      description={`It is taken off ${song.title}, with its numbers. You can undo that.`}
    >
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button disabled={split.isPending} onClick={() => split.mutate({ asset_id: asset.id, as_song: false })}>
          No song
        </Button>
        <Button disabled={split.isPending} onClick={() => split.mutate({ asset_id: asset.id, as_song: true })}>
          Another song
        </Button>
      </div>
    </Dialog>
  );
}
