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
import { t } from "../messages";

export function KeysPage() {
  const { can } = useSession();
  const may = can("org:manage");
  return (
    <>
      {may ? (
        <Keys />
      ) : (
        <>
          <PageHeader title={t("keys.title")} lead={t("keys.leadForOthers")} />
          <Card aria-label={t("keys.title")}>
            <NoPermission>{t("keys.onlyAdmin")}</NoPermission>
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
      <PageHeader title={t("keys.title")} lead={t("keys.lead")}>
        <Button variant="primary" onClick={() => setCreating(true)}>
          <Plus aria-hidden /> {t("keys.create")}
        </Button>
      </PageHeader>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,400px)]">
        <Card aria-label={t("keys.title")}>
          {error && !keys && <ErrorState error={error} what={t("keys.what")} retry={() => void refetch()} />}
          {!keys && !error && <SkeletonRows rows={3} />}
          {keys?.length === 0 && (
            <EmptyState
              icon={KeyRound}
              title={t("keys.empty")}
              action={<Button onClick={() => setCreating(true)}>{t("keys.create")}</Button>}
            >
              {t("keys.emptyHint")}
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
