"use client";

import { useEffect, useState } from "react";
import { CopyText } from "@/components/copy-text";
import { Card, CardHeader } from "@/components/ui/card";
import { readConfig } from "@/lib/config";

function useHost(): string {
  const [host, setHost] = useState("");
  useEffect(() => {
    void readConfig().then(
      (config) => setHost(config.supabaseUrl),
      () => undefined,
    );
  }, []);
  return host;
}

/** How to use a key: in n8n, and in a script. */
export function KeyUsage() {
  const host = useHost();
  return (
    <Card aria-labelledby="use-title">
      <CardHeader id="use-title" title="What a key is for" />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 px-4 pb-4 text-sm">
        <p className="text-muted">
          A key belongs to this organisation. It reads and writes what its role allows here, and sees no other
          organisation. Supabase clients can use it directly.
        </p>
        <section aria-labelledby="n8n-title">
          <h3 id="n8n-title" className="font-medium">
            n8n, Supabase node
          </h3>
          <dl className="mt-1.5 grid gap-1.5">
            <dt className="text-xs text-muted">Host</dt>
            <dd>{host && <CopyText text={host} label="Host" />}</dd>
            <dt className="mt-1 text-xs text-muted">Service Role Secret</dt>
            <dd>a key that you create here</dd>
          </dl>
        </section>
        <section aria-labelledby="script-title">
          <h3 id="script-title" className="mb-1.5 font-medium">
            A script
          </h3>
          <Example secret="sb_secret_…" />
        </section>
      </div>
    </Card>
  );
}

/** An example request, complete except for the key. */
export function Example({ secret }: { secret: string }) {
  const host = useHost();
  if (!host) return null;
  return (
    <CopyText
      block
      label="Example"
      text={`curl '${host}/rest/v1/artists?select=id,name' \\\n  -H 'apikey: ${secret}'`}
    />
  );
}
