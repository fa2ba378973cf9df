"use client";

import { useEffect, useState } from "react";
import { CopyText } from "@/components/copy-text";
import { Card, CardHeader } from "@/components/ui/card";
import type { Key } from "@/lib/api/types";
import { now as clockNow } from "@/lib/clock";
import { readConfig } from "@/lib/config";
import { activeOrgId } from "@/lib/session/active-org";
import { t } from "../messages";

function useHosts(): { gateway: string; api: string } {
  const [hosts, setHosts] = useState({ gateway: "", api: "" });
  useEffect(() => {
    void readConfig().then(
      (config) => setHosts({ gateway: config.supabaseUrl, api: config.apiUrl }),
      () => undefined,
    );
  }, []);
  return hosts;
}

/** How to use a key: in n8n, and in a script. */
export function KeyUsage() {
  const host = useHosts().gateway;
  return (
    <Card aria-labelledby="use-title">
      <CardHeader id="use-title" title={t("usage.title")} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 px-4 pb-4 text-sm">
        <p className="text-muted">{t("usage.lead")}</p>
        <section aria-labelledby="n8n-title">
          <h3 id="n8n-title" className="font-medium">
            {t("usage.n8n")}
          </h3>
          <dl className="mt-1.5 grid gap-1.5">
            <dt className="text-xs text-muted">{t("usage.host")}</dt>
            <dd>{host && <CopyText text={host} label={t("usage.host")} />}</dd>
            <dt className="mt-1 text-xs text-muted">{t("usage.secret")}</dt>
            <dd>{t("usage.ownKey")}</dd>
          </dl>
        </section>
        <section aria-labelledby="script-title">
          <h3 id="script-title" className="mb-1.5 font-medium">
            {t("usage.script")}
          </h3>
          <Example secret="sb_secret_…" scope="data" />
        </section>
        <section aria-labelledby="push-title">
          <h3 id="push-title" className="mb-1.5 font-medium">
            {t("usage.own")}
          </h3>
          <Example secret="sb_secret_…" scope="values:push" />
        </section>
      </div>
    </Card>
  );
}

/** An example request, complete except for the key. */
export function Example({ secret, scope }: { secret: string; scope: Key["scope"] }) {
  const { gateway, api } = useHosts();
  if (!gateway) return null;
  if (scope === "data") {
    return (
      <CopyText
        block
        label={t("usage.example")}
        text={[`curl '${gateway}/rest/v1/artists?select=id,name'`, `  -H 'apikey: ${secret}'`].join(" \\\n")}
      />
    );
  }
  const value = {
    metric: "own.…",
    artist_id: "…",
    on: new Date(clockNow() - 86_400_000).toISOString().slice(0, 10),
    value: 412,
  };
  return (
    <CopyText
      block
      label={t("usage.pushExample")}
      text={[
        `curl '${api}/api/sources/own.…/observations'`,
        `  -H 'Authorization: Bearer ${secret}' -H 'X-ARTi-Org: ${activeOrgId()}'`,
        `  -H 'Content-Type: application/json'`,
        `  -d '${JSON.stringify({ observations: [value] })}'`,
      ].join(" \\\n")}
    />
  );
}
