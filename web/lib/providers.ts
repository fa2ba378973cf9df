import type { Provider } from "@/lib/api/types";

type Look = { name: string; color: string; dash: string; marker: "circle" | "square" | "diamond" | "triangle" };

/** Each platform's colour, dash and marker: lines can be told apart without colour. */
export const PROVIDERS: Record<Provider, Look> = {
  spotify: { name: "Spotify", color: "var(--spotify)", dash: "", marker: "circle" },
  youtube: { name: "YouTube", color: "var(--youtube)", dash: "6 3", marker: "square" },
  soundcloud: { name: "SoundCloud", color: "var(--soundcloud)", dash: "2 3", marker: "diamond" },
  instagram: { name: "Instagram", color: "var(--instagram)", dash: "8 3 2 3", marker: "triangle" },
};

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as Provider[];

export function providerName(provider: string): string {
  return PROVIDERS[provider as Provider]?.name ?? provider;
}
