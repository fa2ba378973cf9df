"use client";

import { ProviderName } from "@/components/provider-icon";
import type { PlatformPermissions, Provider } from "@/lib/api/types";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";

const VERBS = [
  ["can_read", "See"],
  ["can_write", "Change"],
  ["can_delete", "Delete"],
] as const;
const ALL: PlatformPermissions = { can_read: true, can_write: true, can_delete: true };

type Props = {
  platforms: Partial<Record<Provider, PlatformPermissions>>;
  disabled: boolean;
  onChange: (platforms: Partial<Record<Provider, PlatformPermissions>>) => void;
};

/** Which platforms' data a member may read, write and delete, within the limits of the role. */
export function PlatformMatrix({ platforms, disabled, onChange }: Props) {
  return (
    <section aria-labelledby="matrix-title">
      <h3 id="matrix-title" className="text-sm font-medium">
        Platforms
      </h3>
      <p className="mb-2 text-xs text-muted">What is not ticked here is not allowed, whatever the role.</p>
      <table className="w-full rounded-card border border-line text-sm">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            <th scope="col" className="px-3 py-2 text-left font-medium">
              Platform
            </th>
            {VERBS.map(([verb, word]) => (
              <th key={verb} scope="col" className="w-20 py-2 font-medium">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PROVIDER_NAMES.map((provider) => {
            const may = platforms[provider] ?? ALL;
            return (
              <tr key={provider} className="border-b border-line last:border-0">
                <th scope="row" className="px-3 py-2 text-left font-normal">
                  <ProviderName provider={provider} />
                </th>
                {VERBS.map(([verb, word]) => (
                  <td key={verb} className="py-2 text-center">
                    <input
                      type="checkbox"
                      aria-label={`${word} ${providerName(provider)}`}
                      className="size-4 align-middle accent-(--accent)"
                      checked={may[verb]}
                      disabled={disabled}
                      onChange={(event) =>
                        onChange({ ...platforms, [provider]: { ...may, [verb]: event.target.checked } })
                      }
                    />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
