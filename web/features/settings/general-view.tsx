"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { setShortcutsDisabled, shortcutsDisabled } from "@/components/shell/keyboard-shortcuts";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Checkbox, Field, Input } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { call } from "@/lib/api/client";
import { errorMessage } from "@/lib/api/error";
import { useApiMutation } from "@/lib/api/queries";
import { readConfig, type Config } from "@/lib/config";
import { useSession } from "@/lib/session/context";
import { applyTheme, storedTheme, type Theme } from "@/lib/theme";

export function GeneralView() {
  return (
    <>
      <OrgCard />
      <AppearanceCard />
      <AboutCard />
    </>
  );
}

function OrgCard() {
  const { org, can } = useSession();
  const queries = useQueryClient();
  const rename = useApiMutation(
    (name: string) => call((client) => client.PATCH("/api/orgs/current", { body: { name } })),
    {
      invalidates: [],
      successMessage: "Saved",
      onSuccess: () => void queries.invalidateQueries({ queryKey: ["me"] }),
      silent: true,
    },
  );
  const may = can("org:manage");
  return (
    <Card aria-labelledby="org-title">
      <CardHeader id="org-title" title="Organisation" />
      <form
        className="flex flex-wrap items-end gap-3 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(String(new FormData(event.currentTarget).get("name")).trim());
        }}
      >
        <Field
          label="Name"
          className="min-w-60 flex-1"
          hint={may ? undefined : "Only an admin can change it."}
          error={rename.error ? errorMessage(rename.error) : null}
        >
          {(fieldProps) => (
            <Input
              {...fieldProps}
              name="name"
              defaultValue={org?.name}
              key={org?.name}
              required
              maxLength={120}
              disabled={!may}
            />
          )}
        </Field>
        {may && (
          <Button type="submit" size="md" busy={rename.isPending}>
            Save
          </Button>
        )}
      </form>
    </Card>
  );
}

function AppearanceCard() {
  const [theme, setTheme] = useState<Theme>("system");
  const [off, setOff] = useState(false);
  useEffect(() => {
    const read = () => setTheme(storedTheme());
    read();
    setOff(shortcutsDisabled());
    window.addEventListener("arti:theme", read);
    return () => window.removeEventListener("arti:theme", read);
  }, []);
  return (
    <Card aria-labelledby="look-title">
      <CardHeader id="look-title" title="This browser" />
      <div className="grid gap-4 px-4 pb-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <span className="text-sm font-medium">Theme</span>
          <SegmentedControl
            label="Theme"
            value={theme}
            onChange={(next) => applyTheme(next as Theme)}
            options={[
              { value: "system", label: "As the system" },
              { value: "light", label: "Light" },
              { value: "dark", label: "Dark" },
            ]}
          />
        </div>
        <Checkbox
          checked={!off}
          onChange={(event) => {
            setShortcutsDisabled(!event.target.checked);
            setOff(!event.target.checked);
          }}
          label="Single keys: g then a letter, / to filter, 1 to 4 for the period, t for the theme. ? lists them."
        />
      </div>
    </Card>
  );
}

function AboutCard() {
  const [config, setConfig] = useState<Config | null>(null);
  useEffect(() => {
    void readConfig().then(setConfig, () => undefined);
  }, []);
  const { org, me } = useSession();
  return (
    <Card aria-labelledby="about-title">
      <CardHeader id="about-title" title="For tools and support" note="What an API call needs" />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1 px-4 pb-4 text-sm">
        <dt className="text-muted">API</dt>
        <dd className="font-mono text-xs leading-5 break-all">{config?.apiUrl ?? "–"}</dd>
        <dt className="text-muted">Organisation id</dt>
        <dd className="font-mono text-xs leading-5 break-all">{org?.id}</dd>
        <dt className="text-muted">Your id</dt>
        <dd className="font-mono text-xs leading-5 break-all">{me.user.id}</dd>
      </dl>
    </Card>
  );
}
