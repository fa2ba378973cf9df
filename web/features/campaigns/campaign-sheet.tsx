"use client";

import { Pencil, Trash2 } from "lucide-react";
import { Link } from "@/components/link";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { CampaignDetail } from "@/lib/api/types";
import { dayRange } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { CampaignDialog } from "./campaign-dialog";
import { Costs } from "./costs";
import { Lift } from "./lift";
import { t } from "./messages";
import { useCampaign, useLift, useRemoveCampaign, useResult } from "./queries";
import { Result } from "./result";

export function CampaignSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch } = useCampaign(id);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={data?.name ?? t("sheet.title")}
      description={
        data &&
        t("sheet.about", {
          artist: data.artist_name,
          days: dayRange(data.starts_on, data.ends_on),
          provider: providerName(data.goal_provider),
          metric: metricInSentence(data.goal_metric, data.goal_metric_name),
        })
      }
      className="w-[min(720px,100vw)]"
    >
      {error && <ErrorState error={error} what={t("sheet.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows className="px-0" />}
      {data && <Detail campaign={data} onClose={onClose} />}
    </Sheet>
  );
}

function Detail({ campaign, onClose }: { campaign: CampaignDetail; onClose: () => void }) {
  const { can } = useSession();
  const result = useResult(campaign.id);
  const lift = useLift(campaign.id);
  const remove = useRemoveCampaign(onClose);
  const [removing, setRemoving] = useState(false);
  const [editing, setEditing] = useState(false);
  return (
    <div className="grid grid-cols-1 gap-6">
      {lift.error && (
        <ErrorState error={lift.error} what={t("sheet.whatLift")} retry={() => void lift.refetch()} className="py-4" />
      )}
      {!lift.data && !lift.error && <SkeletonRows rows={3} className="px-0" />}
      {lift.data && <Lift lift={lift.data} />}
      {result.error && (
        <ErrorState
          error={result.error}
          what={t("sheet.whatResult")}
          retry={() => void result.refetch()}
          className="py-4"
        />
      )}
      {!result.data && !result.error && <SkeletonRows rows={3} className="px-0" />}
      {result.data && <Result result={result.data} />}
      <Costs campaign={campaign} />
      {campaign.notes && (
        <section>
          <h3 className="mb-1 text-sm font-medium">{t("sheet.notes")}</h3>
          <p className="text-sm whitespace-pre-wrap text-muted">{campaign.notes}</p>
        </section>
      )}
      <div className="flex flex-wrap justify-between gap-2 border-t border-line pt-4">
        <Link
          href={`/artist/?id=${campaign.artist_id}&days=90&metric=${campaign.goal_metric}`}
          className="text-sm font-medium text-accent hover:underline"
        >
          {t("sheet.chart", { artist: campaign.artist_name })}
        </Link>
        {can("campaigns:write") && (
          <span className="flex gap-2">
            <Button onClick={() => setEditing(true)}>
              <Pencil aria-hidden /> {t("sheet.edit")}
            </Button>
            <Button variant="danger" onClick={() => setRemoving(true)}>
              <Trash2 aria-hidden /> {t("sheet.delete")}
            </Button>
          </span>
        )}
      </div>
      {editing && <CampaignDialog campaign={campaign} onClose={() => setEditing(false)} />}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t("delete.title", { name: campaign.name })}
        act={t("delete.confirm")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(campaign.id)}
      >
        {t("delete.text")}
      </ConfirmDialog>
    </div>
  );
}
