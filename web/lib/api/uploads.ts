import { call } from "./client";
import type { ImportPreview } from "./types";

/** Preview a file; a zip gives one preview for each file in it. */
export async function uploadFile(artist: string, file: File, source?: string): Promise<ImportPreview[]> {
  const answer = await call((client) =>
    client.POST("/api/imports", {
      // The generated type of a file is string.
      body: { artist_id: artist, file: file as unknown as string },
      bodySerializer: () => {
        const form = new FormData();
        form.set("artist_id", artist);
        if (source) form.set("source", source);
        form.set("file", file, file.name);
        return form;
      },
    }),
  );
  return answer.imports;
}
