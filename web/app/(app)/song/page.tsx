import { SongPage } from "@/features/metrics/songs/song-page";

export const metadata = { title: "Song" };

export default function Page() {
  return <SongPage />;
}
