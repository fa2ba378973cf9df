"use client";

import { useRouter } from "next/navigation";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { DropZone } from "./drop-zone";
import { ImportSheet } from "./import-sheet";

/** The import of exported files on the artist page. One file is reviewed here, several on the imports page. */
export function ArtistImports() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const router = useRouter();
  const artist = get("id");
  if (!can("imports:write")) return <p className="text-sm text-muted">Your role does not allow importing files.</p>;
  return (
    <>
      <DropZone
        compact
        artist={artist}
        onPreviews={(previews) => {
          if (previews.length === 1) set({ import: previews[0]!.id }, { push: true });
          else router.push(`/imports/?artist=${artist}`);
        }}
      />
      {get("import") && <ImportSheet id={get("import")} onClose={() => set({ import: null })} />}
    </>
  );
}
