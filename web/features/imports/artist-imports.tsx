"use client";

import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { DropZone } from "./drop-zone";
import { ImportSheet } from "./import-sheet";
import { t } from "./messages";
import { useDropReview } from "./review/queries";

/** The import of exported files on the artist page. One file is reviewed here, several on the review page. */
export function ArtistImports() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const artist = get("id");
  const drop = useDropReview((id) => set({ import: id }, { push: true }));
  if (!can("imports:write")) return <p className="text-sm text-muted">{t("notAllowed")}</p>;
  return (
    <>
      <DropZone compact {...drop} onFiles={(files) => drop.take({ files, artist })} />
      {get("import") && <ImportSheet id={get("import")} onClose={() => set({ import: null })} />}
    </>
  );
}
