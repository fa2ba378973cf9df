import { call } from "@/lib/api/client";
import { useApiMutation } from "@/lib/api/queries";
import { uploadFile } from "@/lib/api/uploads";
import { now } from "@/lib/clock";
import { sampleNumbers } from "./sample-numbers";
import { t } from "./messages";

/** Add an artist with made-up numbers, by the same calls as a person with a file. */
export function useSampleArtist(onSuccess: (artist: { id: string }) => void) {
  return useApiMutation(
    async () => {
      const body = { name: t("steps.sampleArtist"), genres: [], country: null };
      const artist = await call((client) => client.POST("/api/artists", { body }));
      const file = new File([sampleNumbers(now())], "made-up-numbers.csv", { type: "text/csv" });
      for (const { id } of await uploadFile(artist.id, file)) {
        const params = { path: { import_id: id } };
        await call((client) => client.POST("/api/imports/{import_id}/commit", { params, body: { options: {} } }));
      }
      return artist;
    },
    {
      invalidates: [["home"], ["artists"], ["imports"], ["insights"]],
      successMessage: () => t("steps.sampleAdded"),
      onSuccess,
    },
  );
}
