"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { setSingleKeysOff, singleKeysOff } from "@/components/shell/keys";
import { Button } from "@/components/ui/button";
import { Card, CardHead } from "@/components/ui/card";
import { Checkbox, Field, Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { call } from "@/lib/api/client";
import { sentence } from "@/lib/api/error";
import { useAct } from "@/lib/api/queries";
import { readConfig, type Config } from "@/lib/config";
import { useSession } from "@/lib/session/context";
import { applyTheme, storedTheme, type Theme } from "@/lib/theme";

export function GeneralView() {
  return (
    <>
      <OrgCard />
      <LookCard />
      <AboutCard />
    </>
  );
}

function OrgCard() {
  const { org, can } = useSession();
  const queries = useQueryClient();
  const rename = useAct((name: string) => call((client) => client.PATCH("/api/orgs/current", { body: { name } })), {
    stales: [],
    done: "Saved",
    then: () => void queries.invalidateQueries({ queryKey: ["me"] }),
    quiet: true,
  });
  const may = can("org:manage");
  return (
    <Card aria-labelledby="org-title">
      <CardHead id="org-title" title="Organisation" />
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
          error={rename.error ? sentence(rename.error) : null}
        >
          {(wiring) => (
            <Input
              {...wiring}
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

function LookCard() {
  const [theme, setTheme] = useState<Theme>("system");
  const [off, setOff] = useState(false);
  useEffect(() => {
    const read = () => setTheme(storedTheme());
    read();
    setOff(singleKeysOff());
    window.addEventListener("arti:theme", read);
    return () => window.removeEventListener("arti:theme", read);
  }, []);
  return (
    <Card aria-labelledby="look-title">
      <CardHead id="look-title" title="This browser" />
      <div className="grid gap-4 px-4 pb-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <span className="text-sm font-medium">Theme</span>
          <Segmented
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
            setSingleKeysOff(!event.target.checked);
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
      <CardHead id="about-title" title="For tools and support" note="What an API call needs" />
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
