"use client";

import { Dialog } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import { ErrorState } from "@/components/ui/state";
import { providerName } from "@/lib/providers";
import { useCadences, useSaveCadence } from "./queries";

const CHOICES = [1, 7, 14, 30, 90];
const NEVER = "never";
const label = (days: number) => (days === 1 ? "Every day" : `Every ${days} days`);

/** How often each export is due in this organisation. */
export function CadencesDialog({ onClose }: { onClose: () => void }) {
  const { data, error, refetch } = useCadences();
  const save = useSaveCadence();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="How often exports are due"
      description="For all artists of the organisation. A change counts at once."
    >
      {error && <ErrorState error={error} what="The rhythm" retry={() => void refetch()} />}
      <div className="grid gap-3 sm:grid-cols-2">
        {data?.map((each) => (
          <Field
            key={each.export}
            label={`${each.provider ? `${providerName(each.provider)}: ` : ""}${each.title}`}
            hint={`Usually ${label(each.usual_days).toLowerCase()}`}
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
                      {label(days)}
                    </option>
                  ))}
                <option value={NEVER}>Not asked for</option>
              </Select>
            )}
          </Field>
        ))}
      </div>
    </Dialog>
  );
}
