import type { Provider } from "@/lib/api/types";

type Look = { name: string; color: string; dash: string; marker: "circle" | "square" | "diamond" | "triangle" };

/** Each platform's colour, dash and marker: lines can be told apart without colour. */
const PROVIDERS: Record<Provider, Look> = {
  spotify: { name: "Spotify", color: "var(--spotify)", dash: "", marker: "circle" },
  youtube: { name: "YouTube", color: "var(--youtube)", dash: "6 3", marker: "square" },
  soundcloud: { name: "SoundCloud", color: "var(--soundcloud)", dash: "2 3", marker: "diamond" },
  instagram: { name: "Instagram", color: "var(--instagram)", dash: "8 3 2 3", marker: "triangle" },
};

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as Provider[];

/** Platforms without a connector, whose numbers come from files. */
const FILE_PLATFORMS: Record<string, string> = { tiktok: "TikTok", facebook: "Facebook" };

const OWN = "own.";

/** The look of a platform, or of a source of the org's own: "own.link_clicks" is called Link clicks. */
export function providerLook(provider: string): Look {
  const known = PROVIDERS[provider as Provider];
  if (known) return known;
  const words = provider.slice(provider.startsWith(OWN) ? OWN.length : 0).replaceAll("_", " ");
  return {
    name: FILE_PLATFORMS[provider] ?? words.charAt(0).toUpperCase() + words.slice(1),
    color: "var(--own-source)",
    dash: "4 2",
    marker: "diamond",
  };
}

export function providerName(provider: string): string {
  return providerLook(provider).name;
}
