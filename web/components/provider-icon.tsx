import { cn } from "@/lib/class-names";
import { providerLook } from "@/lib/providers";

const SHAPES = {
  circle: <circle cx="6" cy="6" r="4.5" />,
  square: <rect x="2" y="2" width="8" height="8" rx="1" />,
  diamond: <path d="M6 .8 11.2 6 6 11.2.8 6Z" />,
  triangle: <path d="M6 1.2 11.2 10.4H.8Z" />,
};

/** A platform's icon: shape and colour. */
export function ProviderIcon({ provider, className }: { provider: string; className?: string }) {
  const style = providerLook(provider);
  return (
    <svg viewBox="0 0 12 12" className={cn("size-2.5 shrink-0", className)} style={{ fill: style.color }} aria-hidden>
      {SHAPES[style.marker]}
    </svg>
  );
}

/** A platform's icon and name. */
export function ProviderName({ provider, className }: { provider: string; className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-1.5 whitespace-nowrap", className)}>
      <ProviderIcon provider={provider} />
      {providerLook(provider).name}
    </span>
  );
}
