"use client";

import type { Factor, User } from "@supabase/supabase-js";
import { ShieldCheck, ShieldOff, Smartphone } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { day } from "@/lib/format";
import { useRemoveDevice } from "./queries";
import { AddDeviceDialog } from "./add-device-dialog";
import { t } from "./messages";

/** Two-step verification: the authenticator apps whose code is asked for after the password. */
export function DevicesCard({ account }: { account: User }) {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Factor | null>(null);
  const remove = useRemoveDevice(() => setRemoving(null));
  const factors = (account.factors ?? []).filter((factor) => factor.factor_type === "totp");
  const devices = factors.filter((factor) => factor.status === "verified");
  return (
    <Card aria-labelledby="devices-title" className={devices.length ? "" : "pb-1.5"}>
      <CardHeader id="devices-title" title={t("devices.title")} note={t("devices.note")}>
        <Badge tone={devices.length ? "good" : "neutral"}>
          {devices.length ? <ShieldCheck aria-hidden /> : <ShieldOff aria-hidden />}
          {devices.length ? t("devices.on") : t("devices.off")}
        </Badge>
        <Button onClick={() => setAdding(true)}>{devices.length ? t("devices.add") : t("devices.setUp")}</Button>
      </CardHeader>
      {devices.length > 0 && (
        <ul className="divide-y divide-line border-t border-line">
          {devices.map((device) => (
            <li key={device.id} className="flex min-h-12 items-center gap-3 px-4 py-2 text-sm">
              <Smartphone className="size-4 shrink-0 text-muted" aria-hidden />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{device.friendly_name || t("devices.app")}</span>
                <span className="block text-xs text-muted">{t("devices.since", { day: day(device.created_at) })}</span>
              </span>
              <Button
                variant="ghost"
                aria-label={t("removeNamed", { name: device.friendly_name || t("devices.theApp") })}
                onClick={() => setRemoving(device)}
              >
                {t("remove")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {adding && (
        <AddDeviceDialog
          unverified={factors.filter((factor) => factor.status !== "verified")}
          verified={devices}
          onClose={() => setAdding(false)}
        />
      )}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t("removeQuestion", { name: removing?.friendly_name || t("devices.thisDevice") })}
        act={t("remove")}
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing.id)}
      >
        {devices.length > 1 ? t("devices.othersStay") : t("devices.turnsOff")}
      </ConfirmDialog>
    </Card>
  );
}
