"use client";

import { ProviderName } from "@/components/provider-icon";
import type { PlatformPermissions, Provider } from "@/lib/api/types";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { t } from "../messages";

const VERBS = ["can_read", "can_write", "can_delete"] as const;
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
        {t("members.platforms")}
      </h3>
      <p className="mb-2 text-xs text-muted">{t("matrix.note")}</p>
      <table className="w-full rounded-card border border-line text-sm">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            <th scope="col" className="px-3 py-2 text-left font-medium">
              {t("matrix.platform")}
            </th>
            {VERBS.map((verb) => (
              <th key={verb} scope="col" className="w-20 py-2 font-medium">
                {t(`matrix.verbs.${verb}`)}
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
                {VERBS.map((verb) => (
                  <td key={verb} className="py-2 text-center">
                    <input
                      type="checkbox"
                      aria-label={t("matrix.of", { verb: t(`matrix.verbs.${verb}`), platform: providerName(provider) })}
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
