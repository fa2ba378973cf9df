"use client";

import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { Logo } from "@/components/logo";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Card, CardHeader } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { errorMessage } from "@/lib/api/error";
import type { Upload } from "@/lib/api/types";
import { day, fileSize } from "@/lib/format";
import { DropZone } from "../drop-zone";
import type { DroppedFile } from "../review/dropped-files";
import type { FileProgress } from "../review/queries";
import { t } from "./messages";
import { listUploads, openLink, sendFile } from "./link-client";

const POLL_MS = 2000;

function useToken(): string | null {
  return useSyncExternalStore(
    (changed) => {
      addEventListener("hashchange", changed);
      return () => removeEventListener("hashchange", changed);
    },
    () => location.hash.slice(1),
    () => null,
  );
}

/** The page of an upload link: hand in files for one artist, without an account. */
export function UploadPage() {
  const token = useToken();
  const { data, error, refetch } = useQuery({
    queryKey: ["upload-link", token],
    queryFn: () => openLink(token ?? ""),
    enabled: Boolean(token),
    retry: false,
  });
  return (
    <main id="main" className="mx-auto grid w-full max-w-2xl grid-cols-1 gap-5 px-4 py-10">
      <Logo />
      {token === "" || error ? (
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{t("page.broken")}</h1>
          <p className="mt-1 text-muted">{error ? errorMessage(error) : t("page.brokenHint")}</p>
        </div>
      ) : !token || !data ? (
        <div role="status" aria-label={t("page.loading")} className="grid gap-3">
          <h1 className="sr-only">{t("page.handIn")}</h1>
          <Skeleton className="h-7 w-48" />
          <Skeleton className="w-64" />
        </div>
      ) : (
        <>
          <div>
            <h1 className="text-xl font-semibold tracking-tight">{t("page.filesFor", { artist: data.artist_name })}</h1>
            <p className="mt-1 text-muted">{t("page.lead", { org: data.org_name })}</p>
            <p className="mt-1 text-sm text-muted">
              {t("page.limits", {
                day: day(data.expires_at),
                count: data.files_left,
                size: fileSize(data.max_file_bytes),
              })}
            </p>
          </div>
          <HandIn token={token} onSent={() => void refetch()} />
        </>
      )}
    </main>
  );
}

function HandIn({ token, onSent }: { token: string; onSent: () => void }) {
  const [ids, setIds] = useState<string[]>([]);
  const [progress, setProgress] = useState<FileProgress[]>([]);
  const [isPending, setPending] = useState(false);
  const { data: uploads, error } = useQuery({
    queryKey: ["uploads", token, ids],
    queryFn: () => listUploads(token, ids),
    enabled: ids.length > 0,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === "waiting") ? POLL_MS : false),
  });
  const take = async (files: DroppedFile[]) => {
    setPending(true);
    const states: FileProgress[] = files.map(({ path }) => ({ path, state: "waiting" }));
    const show = (index: number, state: FileProgress["state"], reason?: string) => {
      states[index] = { path: files[index]!.path, state, reason };
      setProgress([...states]);
    };
    for (const [index, file] of files.entries()) {
      show(index, "sending");
      try {
        const { id } = await sendFile(token, file);
        setIds((before) => [...before, id]);
        show(index, "read");
      } catch (failure) {
        show(index, "failed", errorMessage(failure));
      }
    }
    setPending(false);
    onSent();
  };
  const failed = progress.filter(({ state }) => state === "failed");
  return (
    <>
      <DropZone
        onFiles={(files) => void take(files)}
        isPending={isPending}
        error={null}
        progress={progress}
        hint={t("page.dropHint")}
      />
      {failed.map(({ path, reason }) => (
        <Alert key={path} tone="bad">
          {t("page.notTaken", { file: path, reason })}
        </Alert>
      ))}
      {error && <Alert tone="bad">{errorMessage(error)}</Alert>}
      {uploads && uploads.length > 0 && (
        <Card aria-labelledby="handed-in">
          <CardHeader id="handed-in" title={t("page.handedIn")} note={t("page.inThisVisit")} />
          <ul className="divide-y divide-line border-t border-line" aria-live="polite">
            {uploads.map((upload) => (
              <HandedIn key={upload.id} upload={upload} />
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

const aboutTable = ({ refusal, title, rows }: Upload["tables"][number]): string =>
  refusal ?? t("page.rows", { title: title ?? t("page.recognised"), count: rows ?? 0 });

function HandedIn({ upload }: { upload: Upload }) {
  const isRefused =
    upload.status === "failed" || (upload.tables.length > 0 && upload.tables.every(({ refusal }) => refusal));
  return (
    <li className="grid gap-1 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1 font-medium break-words">{upload.name}</span>
        {upload.status === "waiting" ? (
          <Badge>{t("page.reading")}</Badge>
        ) : isRefused ? (
          <Badge tone="bad">{t("page.unusable")}</Badge>
        ) : (
          <Badge tone="good">
            {upload.tables.some(({ imported }) => imported) ? t("page.imported") : t("page.waitsForReview")}
          </Badge>
        )}
      </div>
      {upload.reason && <p className="text-sm text-down">{upload.reason}</p>}
      <ul className="grid gap-0.5 text-sm text-muted">
        {upload.tables.map((table) => (
          <li key={table.name}>
            {upload.tables.length > 1
              ? t("page.named", { name: table.name, about: aboutTable(table) })
              : aboutTable(table)}
          </li>
        ))}
        <li>{t("page.bytes", { count: upload.byte_size })}</li>
      </ul>
    </li>
  );
}
