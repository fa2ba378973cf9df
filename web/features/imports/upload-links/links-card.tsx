"use client";

import { Link2 } from "lucide-react";
import { Link } from "@/components/link";
import { useState } from "react";
import { z } from "zod";
import { ArtistSelect } from "@/components/artist-select";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { CopyText } from "@/components/copy-text";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { choice } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { LoadMore } from "@/components/load-more";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import type { CreatedUploadLink, UploadLink } from "@/lib/api/types";
import { day } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { useCreateUploadLink, useRevokeUploadLink, useUploadLinks } from "./queries";

/** The upload links of the org: whom they are for, what they brought, and how to end one. */
export function UploadLinksCard() {
  const { can } = useSession();
  const { items, error, refetch, ...paging } = useUploadLinks();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedUploadLink | null>(null);
  const [revoking, setRevoking] = useState<UploadLink | null>(null);
  const revoke = useRevokeUploadLink(() => setRevoking(null));
  return (
    <Card aria-labelledby="links-title">
      <CardHeader id="links-title" title={t("title")} note={t("note")}>
        {can("roster:write") && (
          <Button onClick={() => setMaking(true)}>
            <Link2 aria-hidden /> {t("make")}
          </Button>
        )}
      </CardHeader>
      {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={2} />}
      {items && items.length > 0 && (
        <ul className="divide-y divide-line border-t border-line">
          {items.map((link) => (
            <li key={link.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
              <div className="min-w-0 flex-1 basis-60">
                <span className="block font-medium">{link.artist_name}</span>
                <span className="block text-sm text-muted">
                  {[
                    link.note,
                    t("made", { day: day(link.created_at) }),
                    link.status === "open" && t("worksUntil", { day: day(link.expires_at) }),
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </div>
              {link.used_files > 0 ? (
                <Link href={`/imports/review/?batch=${link.batch_id}`} className="text-sm text-accent hover:underline">
                  {t("handedIn", { count: link.used_files })}
                </Link>
              ) : (
                <span className="text-sm text-muted">{t("noFile")}</span>
              )}
              <Badge tone={link.status === "open" ? "good" : "neutral"}>{t(`status.${link.status}`)}</Badge>
              {can("roster:write") && link.status === "open" && (
                <Button
                  variant="ghost"
                  onClick={() => setRevoking(link)}
                  aria-label={t("revokeOf", { artist: link.artist_name })}
                >
                  {t("revoke")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <LoadMore {...paging} />
      {isMaking && (
        <MakeLinkDialog
          onClose={() => setMaking(false)}
          onMade={(link) => {
            setMaking(false);
            setMade(link);
          }}
        />
      )}
      {made && (
        <Dialog
          open
          onOpenChange={(open) => !open && setMade(null)}
          title={t("ready.title", { artist: made.artist_name })}
          description={t("ready.hint", { day: day(made.expires_at) })}
        >
          <CopyText text={made.url} label={t("ready.copy")} />
        </Dialog>
      )}
      {revoking && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setRevoking(null)}
          title={t("revokeQuestion", { artist: revoking.artist_name })}
          act={t("revoke")}
          busy={revoke.isPending}
          onConfirm={() => revoke.mutate(revoking.id)}
        >
          {t("revokeHint")}
        </ConfirmDialog>
      )}
    </Card>
  );
}

const schema = z.object({
  artist_id: choice(() => t("dialog.artistMissing")),
  days: z.string(),
  note: z
    .string()
    .trim()
    .max(200, { error: () => t("dialog.tooLong") }),
});

function MakeLinkDialog({ onClose, onMade }: { onClose: () => void; onMade: (link: CreatedUploadLink) => void }) {
  const create = useCreateUploadLink(onMade);
  const form = useApiForm({
    schema,
    defaultValues: { artist_id: "", days: "14", note: "" },
    onSubmit: ({ days, ...values }) => create.mutateAsync({ ...values, days: Number(days) }),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("dialog.title")}>
      <Form form={form}>
        <FormField form={form} name="artist_id" label={t("dialog.artist")} hint={t("dialog.artistHint")}>
          {(fieldProps) => <ArtistSelect {...fieldProps} required none={t("dialog.artistNone")} />}
        </FormField>
        <FormField form={form} name="note" label={t("dialog.forWhom")} hint={t("dialog.forWhomHint")}>
          {(fieldProps) => <Input {...fieldProps} maxLength={200} placeholder={t("dialog.optional")} />}
        </FormField>
        <FormField form={form} name="days" label={t("dialog.worksFor")}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {[1, 7, 14, 28].map((days) => (
                <option key={days} value={days}>
                  {t("dialog.days", { count: days })}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <DialogFooter form={form} submitLabel={t("dialog.submit")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
