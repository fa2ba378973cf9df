"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { signOut } from "@/lib/session/token";
import { useSignOutOthers } from "./queries";
import { t } from "./messages";

/** Sign out on other devices, or everywhere. */
export function SessionsCard() {
  const others = useSignOutOthers();
  const [asking, setAsking] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const leave = () => {
    setLeaving(true);
    // A full page load clears all state of the session.
    void signOut("global")
      .catch(() => undefined)
      .finally(() => window.location.assign("/sign-in/?everywhere=1"));
  };
  return (
    <Card aria-labelledby="sessions-title">
      <CardHeader id="sessions-title" title={t("sessions.title")} note={t("sessions.note")} />
      <div className="flex flex-wrap gap-2 px-4 pb-4">
        <Button busy={others.isPending} onClick={() => others.mutate(undefined)}>
          {t("sessions.others")}
        </Button>
        <Button variant="danger" onClick={() => setAsking(true)}>
          {t("sessions.everywhere")}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("sessions.question")}
        act={t("sessions.everywhere")}
        busy={leaving}
        onConfirm={leave}
      >
        {t("sessions.hint")}
      </ConfirmDialog>
    </Card>
  );
}
