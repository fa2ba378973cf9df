"use client";

import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { errorMessage } from "@/lib/api/error";
import type { NotificationSettings } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { weekdays } from "@/lib/weeks";
import { useSaveNotificationSettings } from "./queries";
import { t } from "./messages";

const HOURS = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00`);
const FREQUENCIES = ["off", "daily", "weekly"] as const;
const SEVERITIES = ["info", "notice", "important"] as const;
const AT_ONCE = ["off", "important", "all"] as const;

const names = <T extends string>(values: readonly T[], name: (value: T) => string) =>
  Object.fromEntries(values.map((value) => [value, name(value)])) as Record<T, string>;

type Props = {
  settings: NotificationSettings;
  /** Of a channel; null: the member's own. */
  channel: { id: string; kind: string } | null;
  onSaved?: () => void;
};

/** What a member or a channel gets, and when. */
export function SettingsForm({ settings, channel, onSaved }: Props) {
  const { can } = useSession();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Who never chose gets the zone of this browser.
  const untouched = settings.time_zone === "UTC" && settings.frequency === "off" && settings.quiet_from === null;
  const [values, setValues] = useState({ ...settings, time_zone: untouched ? here : settings.time_zone });
  const [copies, setCopies] = useState((settings.cc ?? []).join(", "));
  const save = useSaveNotificationSettings(channel?.id ?? null, onSaved);
  const set = (changes: Partial<NotificationSettings>) => setValues((before) => ({ ...before, ...changes }));
  const hasDigest = values.frequency !== "off";
  const takesDigest = !channel || channel.kind === "slack" || channel.kind === "email";
  const takesCopies = can("automation:manage") && (channel ? channel.kind === "email" : values.by_mail);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const cc = copies.split(/[,;\s]+/).filter(Boolean);
    save.mutate({ ...values, cc });
  };
  return (
    <form onSubmit={submit} className="grid gap-4 px-4 pb-4">
      {takesDigest && (
        <div className="flex flex-wrap items-end gap-3">
          <Field label={t("settings.digest")} className="w-44">
            {(props) => (
              <Choice
                {...props}
                value={values.frequency ?? "off"}
                names={names(FREQUENCIES, (each) => t(`frequencies.${each}`))}
                onChange={(frequency) => set({ frequency })}
              />
            )}
          </Field>
          {values.frequency === "weekly" && (
            <Field label={t("settings.weekday")} className="w-36">
              {(props) => (
                <Select
                  {...props}
                  value={values.weekday ?? undefined}
                  onChange={(event) => set({ weekday: +event.target.value })}
                >
                  {weekdays("long").map(({ number, name }) => (
                    <option key={number} value={number}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          {hasDigest && (
            <Field label={t("settings.hour")} className="w-28">
              {(props) => (
                <HourSelect {...props} value={values.hour ?? 8} onChange={(hour) => set({ hour: hour ?? 8 })} />
              )}
            </Field>
          )}
        </div>
      )}
      {hasDigest && !channel && (
        <Checkbox
          label={t("settings.byMail")}
          checked={values.by_mail}
          onChange={(event) => set({ by_mail: event.target.checked })}
        />
      )}
      {takesDigest && (
        <div className="flex flex-wrap gap-3">
          <Field label={t("settings.stories")} className="w-56">
            {(props) => (
              <Choice
                {...props}
                value={values.min_severity ?? "notice"}
                names={names(SEVERITIES, (each) => t(`severities.${each}`))}
                onChange={(min_severity) => set({ min_severity })}
              />
            )}
          </Field>
          {!channel && (
            <Field label={t("settings.atOnce")} className="w-56">
              {(props) => (
                <Choice
                  {...props}
                  value={values.at_once ?? "off"}
                  names={names(AT_ONCE, (each) => t(`atOnce.${each}`))}
                  onChange={(at_once) => set({ at_once })}
                />
              )}
            </Field>
          )}
        </div>
      )}
      <fieldset className="grid gap-1.5">
        <legend className="pb-1.5 text-sm font-medium">{t("quiet.title")}</legend>
        <div className="flex flex-wrap items-center gap-2 text-sm">
          <HourSelect
            aria-label={t("quiet.from")}
            className="w-28"
            none={t("quiet.off")}
            value={values.quiet_from ?? null}
            onChange={(from) =>
              set({ quiet_from: from, quiet_to: from === null ? null : (values.quiet_to ?? (from + 8) % 24) })
            }
          />
          {values.quiet_from !== null && (
            <>
              {t("quiet.to")}
              <HourSelect
                aria-label={t("quiet.until")}
                className="w-28"
                value={values.quiet_to ?? null}
                onChange={(quiet_to) => set({ quiet_to })}
              />
            </>
          )}
        </div>
        <p className="text-xs text-muted">{t("quiet.hint")}</p>
      </fieldset>
      <Field label={t("settings.zone")} hint={t("settings.zoneHint")} className="max-w-80">
        {(props) => (
          <Select {...props} value={values.time_zone} onChange={(event) => set({ time_zone: event.target.value })}>
            {[...new Set([values.time_zone ?? "UTC", here, "UTC", ...Intl.supportedValuesOf("timeZone")])].map(
              (zone) => (
                <option key={zone} value={zone}>
                  {zone.replaceAll("_", " ")}
                </option>
              ),
            )}
          </Select>
        )}
      </Field>
      {hasDigest && takesCopies && (
        <Field label={t("settings.copies")} hint={t("settings.copiesHint")}>
          {(props) => <Input {...props} value={copies} onChange={(event) => setCopies(event.target.value)} />}
        </Field>
      )}
      {save.error && <Alert tone="bad">{errorMessage(save.error)}</Alert>}
      <div>
        <Button type="submit" variant="primary" disabled={save.isPending}>
          {t("settings.save")}
        </Button>
      </div>
    </form>
  );
}

type ChoiceProps<T extends string> = Omit<React.ComponentProps<"select">, "value" | "onChange"> & {
  value: T;
  names: Record<T, string>;
  onChange: (value: T) => void;
};

function Choice<T extends string>({ names, onChange, ...props }: ChoiceProps<T>) {
  return (
    <Select {...props} onChange={(event) => onChange(event.target.value as T)}>
      {Object.entries<string>(names).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </Select>
  );
}

type HourProps = Omit<React.ComponentProps<"select">, "value" | "onChange"> & {
  value: number | null;
  /** The name of no hour at all; without it one must be chosen. */
  none?: string;
  onChange: (hour: number | null) => void;
};

function HourSelect({ value, none, onChange, ...props }: HourProps) {
  return (
    <Select
      {...props}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
    >
      {none && <option value="">{none}</option>}
      {HOURS.map((name, hour) => (
        <option key={name} value={hour}>
          {name}
        </option>
      ))}
    </Select>
  );
}
