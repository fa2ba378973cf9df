"use client";

import { Dialog } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import { ErrorState } from "@/components/ui/state";
import { providerName } from "@/lib/providers";
import { t } from "./messages";
import { useCadences, useSaveCadence } from "./queries";

const CHOICES = [1, 7, 14, 30, 90];
const NEVER = "never";

/** How often each export is due in this organisation. */
export function CadencesDialog({ onClose }: { onClose: () => void }) {
  const { data, error, refetch } = useCadences();
  const save = useSaveCadence();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("cadence.title")} description={t("cadence.hint")}>
      {error && <ErrorState error={error} what={t("cadence.what")} retry={() => void refetch()} />}
      <div className="grid gap-3 sm:grid-cols-2">
        {data?.map((each) => (
          <Field
            key={each.export}
            label={
              each.provider
                ? t("cadence.label", { platform: providerName(each.provider), title: each.title })
                : each.title
            }
            hint={t("cadence.usually", { count: each.usual_days })}
          >
            {(fieldProps) => (
              <Select
                {...fieldProps}
                value={each.every_days ?? NEVER}
                onChange={({ target }) =>
                  save.mutate({ export: each.export, days: target.value === NEVER ? null : Number(target.value) })
                }
              >
                {[...new Set([...CHOICES, each.every_days ?? 7])]
                  .sort((a, b) => a - b)
                  .map((days) => (
                    <option key={days} value={days}>
                      {t("cadence.every", { count: days })}
                    </option>
                  ))}
                <option value={NEVER}>{t("cadence.never")}</option>
              </Select>
            )}
          </Field>
        ))}
      </div>
    </Dialog>
  );
}
