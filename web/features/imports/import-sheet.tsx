"use client";

import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { useSession } from "@/lib/session/context";
import { fileSize, moment } from "@/lib/format";
import { useImport } from "./queries";
import { ImportProgress } from "./import-progress";
import { ImportSummary } from "./import-summary";
import { ImportActions } from "./import-actions";
import { ImportReread } from "./import-reread";
import { ImportRows } from "./import-rows";
import { WORKING } from "./labels";
import { t } from "./messages";

/** One import: its file, content, open questions and status. */
export function ImportSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch } = useImport(id);
  const { can } = useSession();
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={data?.file_name ?? t("sheet.title")}
      description={
        data &&
        t("sheet.about", {
          source: data.source_title ?? t("sheet.notRecognised"),
          size: fileSize(data.byte_size),
          when: moment(data.created_at),
        })
      }
      className="w-[min(760px,100vw)]"
    >
      {error && <ErrorState error={error} what={t("sheet.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows className="px-0" />}
      {data && (
        <div className="grid grid-cols-1 gap-5">
          {data.refusal ? (
            <p role="status" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
              {t("sheet.refusal", { refusal: data.refusal })}
            </p>
          ) : (
            !WORKING.includes(data.status) && <ImportSummary item={data} />
          )}
          {WORKING.includes(data.status) && <ImportProgress item={data} />}
          {data.progress?.problem && data.progress.problem !== data.refusal && (
            <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
              {data.progress.problem}
            </p>
          )}
          <ImportActions key={data.status} item={data} onClose={onClose} />
          {data.status === "committed" && can("imports:write") && <ImportReread item={data} />}
          {!data.refusal && data.status !== "reading" && <ImportRows item={data} />}
        </div>
      )}
    </Sheet>
  );
}
