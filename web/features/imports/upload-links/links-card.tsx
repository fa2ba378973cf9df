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
import { day, plural } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useCreateUploadLink, useRevokeUploadLink, useUploadLinks } from "./queries";

const STATUS = { open: "Open", expired: "Expired", revoked: "Revoked" } as const;

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
      <CardHeader
        id="links-title"
        title="Upload links"
        note="An artist or a manager hands in their own files, without an account. You review and commit them."
      >
        {can("roster:write") && (
          <Button onClick={() => setMaking(true)}>
            <Link2 aria-hidden /> Make a link
          </Button>
        )}
      </CardHeader>
      {error && !items && <ErrorState error={error} what="The upload links" retry={() => void refetch()} />}
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
                    `made ${day(link.created_at)}`,
                    link.status === "open" && `works until ${day(link.expires_at)}`,
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </div>
              {link.used_files > 0 ? (
                <Link href={`/imports/review/?batch=${link.batch_id}`} className="text-sm text-accent hover:underline">
                  {plural(link.used_files, "file")} handed in
                </Link>
              ) : (
                <span className="text-sm text-muted">No file yet</span>
              )}
              <Badge tone={link.status === "open" ? "good" : "neutral"}>{STATUS[link.status]}</Badge>
              {can("roster:write") && link.status === "open" && (
                <Button
                  variant="ghost"
                  onClick={() => setRevoking(link)}
                  aria-label={`Revoke the link for ${link.artist_name}`}
                >
                  Revoke
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
          title={`The link for ${made.artist_name}`}
          description={`It is shown this once and works until ${day(made.expires_at)}. Whoever has it can hand in files.`}
        >
          <CopyText text={made.url} label="Copy the link" />
        </Dialog>
      )}
      {revoking && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setRevoking(null)}
          title={`Revoke the link for ${revoking.artist_name}?`}
          act="Revoke"
          busy={revoke.isPending}
          onConfirm={() => revoke.mutate(revoking.id)}
        >
          It stops working at once. What it brought stays.
        </ConfirmDialog>
      )}
    </Card>
  );
}

const schema = z.object({
  artist_id: choice("Choose an artist."),
  days: z.string(),
  note: z.string().trim().max(200, "At most 200 characters."),
});

function MakeLinkDialog({ onClose, onMade }: { onClose: () => void; onMade: (link: CreatedUploadLink) => void }) {
  const create = useCreateUploadLink(onMade);
  const form = useApiForm({
    schema,
    defaultValues: { artist_id: "", days: "14", note: "" },
    onSubmit: ({ days, ...values }) => create.mutateAsync({ ...values, days: Number(days) }),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Make an upload link">
      <Form form={form}>
        <FormField form={form} name="artist_id" label="Artist" hint="Every file of the link is this artist’s.">
          {(fieldProps) => <ArtistSelect {...fieldProps} required none="Choose an artist" />}
        </FormField>
        <FormField form={form} name="note" label="For whom" hint="For your own list. It is not shown on the page.">
          {(fieldProps) => <Input {...fieldProps} maxLength={200} placeholder="Optional" />}
        </FormField>
        <FormField form={form} name="days" label="It works for">
          {(fieldProps) => (
            <Select {...fieldProps}>
              {[1, 7, 14, 28].map((days) => (
                <option key={days} value={days}>
                  {plural(days, "day")}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        <DialogFooter form={form} submitLabel="Make the link" onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
