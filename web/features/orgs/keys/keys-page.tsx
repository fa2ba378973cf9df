"use client";

import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoPermission } from "@/components/ui/state";
import type { MadeKey } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { KeyUsage } from "./key-usage";
import { KeyList } from "./key-list";
import { CreateKeyDialog } from "./create-key-dialog";
import { useKeys } from "./queries";
import { KeySecretDialog } from "./key-secret-dialog";

export function KeysPage() {
  const { can } = useSession();
  const may = can("org:manage");
  return (
    <>
      {may ? (
        <Keys />
      ) : (
        <>
          <PageHeader title="API keys" lead="For programs that work with this organisation's data." />
          <Card aria-label="API keys">
            <NoPermission>Only an admin of the organisation creates and revokes keys.</NoPermission>
          </Card>
        </>
      )}
    </>
  );
}

function Keys() {
  const { data: keys, error, refetch } = useKeys();
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<MadeKey | null>(null);
  return (
    <>
      <PageHeader
        title="API keys"
        lead="For programs that work with this organisation's data: n8n, scripts, dashboards."
      >
        <Button variant="primary" onClick={() => setCreating(true)}>
          <Plus aria-hidden /> Create a key
        </Button>
      </PageHeader>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,400px)]">
        <Card aria-label="API keys">
          {error && !keys && <ErrorState error={error} what="The keys" retry={() => void refetch()} />}
          {!keys && !error && <SkeletonRows rows={3} />}
          {keys?.length === 0 && (
            <EmptyState
              icon={KeyRound}
              title="No keys yet"
              action={<Button onClick={() => setCreating(true)}>Create a key</Button>}
            >
              A key lets a program read and write what its role allows in this organisation, nothing else.
            </EmptyState>
          )}
          {keys && keys.length > 0 && <KeyList keys={keys} />}
        </Card>
        <KeyUsage />
      </div>
      {creating && (
        <CreateKeyDialog
          onClose={() => setCreating(false)}
          onCreated={(key) => {
            setCreating(false);
            setCreated(key);
          }}
        />
      )}
      {created && <KeySecretDialog created={created} onClose={() => setCreated(null)} />}
    </>
  );
}
