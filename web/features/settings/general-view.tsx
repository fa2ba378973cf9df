"use client";

import { useEffect, useState } from "react";
import { setShortcutsDisabled, shortcutsDisabled } from "@/components/shell/keyboard-shortcuts";
import { Card, CardHeader } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { call } from "@/lib/api/client";
import { readConfig, type Config } from "@/lib/config";
import { useSession } from "@/lib/session/context";
import { LogoField } from "./logo-field";
import { OrgLanguage } from "./language-cards";
import { ModelCard } from "./model-card";
import { NameForm } from "./name-form";
import { QuotasCard } from "./quotas-card";
import { OrgDataCard } from "./org-data-card";
import { OrgRegion } from "./regional-cards";
import { RetentionCard } from "./retention-card";
import { applyTheme, storedTheme, type Theme } from "@/lib/theme";
import { t } from "./messages";

export function GeneralView() {
  return (
    <>
      <OrgCard />
      <AppearanceCard />
      <QuotasCard />
      <ModelCard />
      <RetentionCard />
      <OrgDataCard />
      <AboutCard />
    </>
  );
}

function OrgCard() {
  const { org, can } = useSession();
  return (
    <Card aria-labelledby="org-title">
      <CardHeader id="org-title" title={t("org.title")} />
      <NameForm
        label={t("org.name")}
        name={org?.name ?? ""}
        save={(name) => call((client) => client.PATCH("/api/orgs/current", { body: { name } }))}
        invalidates={[]}
        disabledHint={can("org:manage") ? undefined : t("onlyAdmin")}
      />
      <LogoField />
      <OrgLanguage />
      <OrgRegion />
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
      <CardHeader id="look-title" title={t("browserCard.title")} />
      <div className="grid gap-4 px-4 pb-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <span className="text-sm font-medium">{t("browserCard.theme")}</span>
          <SegmentedControl
            label={t("browserCard.theme")}
            value={theme}
            onChange={(next) => applyTheme(next as Theme)}
            options={[
              { value: "system", label: t("browserCard.system") },
              { value: "light", label: t("browserCard.light") },
              { value: "dark", label: t("browserCard.dark") },
            ]}
          />
        </div>
        <Checkbox
          checked={!off}
          onChange={(event) => {
            setShortcutsDisabled(!event.target.checked);
            setOff(!event.target.checked);
          }}
          label={t("browserCard.shortcuts")}
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
      <CardHeader id="about-title" title={t("about.title")} note={t("about.note")} />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1 px-4 pb-4 text-sm">
        <dt className="text-muted">API</dt>
        <dd className="font-mono text-xs leading-5 break-all">{config?.apiUrl ?? "–"}</dd>
        <dt className="text-muted">{t("about.orgId")}</dt>
        <dd className="font-mono text-xs leading-5 break-all">{org?.id}</dd>
        <dt className="text-muted">{t("about.ownId")}</dt>
        <dd className="font-mono text-xs leading-5 break-all">{me.user.id}</dd>
      </dl>
    </Card>
  );
}
