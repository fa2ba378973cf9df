import { ArtistSources } from "@/features/accounts/artist-sources";
import { ArtistPage } from "@/features/artists/artist-page";
import { ArtistFiles } from "@/features/imports/artist-files";
import { ArtistInsights } from "@/features/insights/artist-insights";

export const metadata = { title: "Artist" };

export default function Page() {
  return <ArtistPage changes={<ArtistInsights />} sources={<ArtistSources files={<ArtistFiles />} />} />;
}
