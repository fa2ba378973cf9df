import { Mail } from "lucide-react";
import { cn } from "@/lib/class-names";
import { t } from "@/components/messages";

/** The external providers that people can sign in with. */
export const IDENTITY_PROVIDERS = ["google", "github", "spotify"] as const;
export type IdentityProvider = (typeof IDENTITY_PROVIDERS)[number];

const NAMES: Record<string, string> = {
  google: "Google",
  github: "GitHub",
  spotify: "Spotify",
};

export const identityProviderName = (provider: string): string =>
  provider === "email"
    ? t("signIn.email")
    : (NAMES[provider] ?? provider.slice(0, 1).toUpperCase() + provider.slice(1));

const GITHUB =
  "M12 .3a12 12 0 0 0-3.8 23.38c.6.12.83-.26.83-.57L9 21.07c-3.34.72-4.04-1.61-4.04-1.61-.55-1.39-1.34-1.76-1.34-1.76-1.08-.74.09-.73.09-.73 1.2.09 1.84 1.24 1.84 1.24 1.07 1.83 2.8 1.3 3.49 1 .1-.78.42-1.31.76-1.61-2.67-.3-5.47-1.33-5.47-5.93 0-1.31.47-2.38 1.24-3.22-.14-.3-.54-1.52.1-3.18 0 0 1-.32 3.3 1.23a11.5 11.5 0 0 1 6.02 0c2.28-1.55 3.29-1.23 3.29-1.23.64 1.66.24 2.88.12 3.18a4.65 4.65 0 0 1 1.23 3.22c0 4.61-2.8 5.63-5.48 5.92.42.36.81 1.1.81 2.22l-.01 3.29c0 .31.2.69.82.57A12 12 0 0 0 12 .3";
const SPOTIFY =
  "M12 0a12 12 0 1 0 0 24 12 12 0 0 0 0-24Zm5.5 17.3a.75.75 0 0 1-1.03.25c-2.82-1.72-6.37-2.11-10.55-1.16a.75.75 0 1 1-.33-1.46c4.57-1.04 8.5-.6 11.66 1.34.35.21.47.68.25 1.03Zm1.47-3.27a.94.94 0 0 1-1.29.31c-3.23-1.98-8.15-2.56-11.97-1.4a.94.94 0 0 1-.54-1.8c4.36-1.32 9.78-.68 13.49 1.6.44.27.58.85.31 1.29Zm.13-3.4C15.23 8.33 8.85 8.12 5.15 9.24a1.13 1.13 0 1 1-.65-2.15C8.75 5.8 15.8 6.05 20.24 8.69a1.12 1.12 0 0 1-1.14 1.94Z";

/** The icon of a provider, or an envelope for e-mail. */
export function IdentityProviderIcon({ provider, className }: { provider: string; className?: string }) {
  const style = cn("size-4 shrink-0", className);
  if (provider === "google") {
    return (
      <svg viewBox="0 0 24 24" className={style} aria-hidden>
        <path
          fill="#4285F4"
          d="M22.56 12.25c0-.78-.07-1.53-.2-2.25H12v4.26h5.92a5.06 5.06 0 0 1-2.2 3.32v2.76h3.56c2.08-1.92 3.28-4.74 3.28-8.09Z"
        />
        <path
          fill="#34A853"
          d="M12 23c2.97 0 5.46-.98 7.28-2.66l-3.56-2.76a6.6 6.6 0 0 1-9.84-3.46H2.2v2.84A11 11 0 0 0 12 23Z"
        />
        <path fill="#FBBC05" d="M5.88 14.12a6.6 6.6 0 0 1 0-4.22V7.06H2.2a11 11 0 0 0 0 9.9l3.68-2.84Z" />
        <path
          fill="#EA4335"
          d="M12 5.38c1.62 0 3.06.56 4.2 1.64l3.16-3.15A11 11 0 0 0 2.2 7.06L5.88 9.9A6.56 6.56 0 0 1 12 5.38Z"
        />
      </svg>
    );
  }
  if (provider === "github" || provider === "spotify") {
    return (
      <svg viewBox="0 0 24 24" className={cn(style, provider === "spotify" ? "text-[#1db954]" : "")} aria-hidden>
        <path fill="currentColor" d={provider === "github" ? GITHUB : SPOTIFY} />
      </svg>
    );
  }
  return <Mail className={style} aria-hidden />;
}
