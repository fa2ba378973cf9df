import { ArtistSources } from "@/features/connections/artist-sources";
import { ArtistImports } from "@/features/imports/artist-imports";
import { ArtistInsights } from "@/features/insights/artist-insights";
import { ArtistMetrics } from "@/features/metrics/artist-metrics";
import { ArtistRoyalties } from "@/features/money/artist-royalties";
import { ArtistPlaylists } from "@/features/playlists/artist-playlists";
import { ArtistPage } from "@/features/roster/artist-page";

export const metadata = { title: "Artist" };

export default function Page() {
  return (
    <ArtistPage
      changes={<ArtistInsights />}
      sources={<ArtistSources files={<ArtistImports />} />}
      metrics={<ArtistMetrics />}
    >
      <ArtistPlaylists />
      <ArtistRoyalties />
    </ArtistPage>
  );
}
