import { ArtistSources } from "@/features/connections/artist-sources";
import { ArtistPage } from "@/features/metrics/artist-page";
import { ArtistImports } from "@/features/imports/artist-imports";
import { ArtistInsights } from "@/features/insights/artist-insights";

export const metadata = { title: "Artist" };

export default function Page() {
  return <ArtistPage changes={<ArtistInsights />} sources={<ArtistSources files={<ArtistImports />} />} />;
}
