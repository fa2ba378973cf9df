"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/field";
import { ErrorState } from "@/components/ui/state";
import { ago, moment } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { useAddComment, useComments, useDeleteComment } from "./queries";

/** What the team says about an insight. */
export function Comments({ insightId }: { insightId: string }) {
  const { can } = useSession();
  const [text, setText] = useState("");
  const { data, error, refetch } = useComments(insightId);
  const add = useAddComment(insightId, () => setText(""));
  const remove = useDeleteComment(insightId);
  return (
    <section aria-label={t("comments.title")} className="grid gap-2 border-t border-line pt-4">
      <h3 className="text-sm font-medium">{t("comments.title")}</h3>
      {error && <ErrorState error={error} what={t("comments.what")} retry={() => void refetch()} className="py-2" />}
      {data?.length === 0 && <p className="text-sm text-muted">{t("comments.none")}</p>}
      <ul className="grid gap-2">
        {data?.map((comment) => (
          <li key={comment.id} className="rounded-card border border-line px-3 py-2 text-sm">
            <p className="flex items-center gap-2 text-xs text-muted">
              <span className="font-medium text-fg">{comment.author_name || t("comments.formerMember")}</span>
              <time dateTime={comment.created_at} title={moment(comment.created_at)}>
                {ago(comment.created_at)}
              </time>
              {comment.is_own && can("insights:feedback") && (
                <Button
                  variant="ghost"
                  size="icon"
                  className="ml-auto size-6"
                  aria-label={t("comments.delete")}
                  busy={remove.isPending}
                  onClick={() => remove.mutate(comment.id)}
                >
                  <Trash2 aria-hidden />
                </Button>
              )}
            </p>
            <p className="whitespace-pre-wrap">{comment.body}</p>
          </li>
        ))}
      </ul>
      {can("insights:feedback") && (
        <form
          className="grid justify-items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) add.mutate({ body: text.trim() });
          }}
        >
          <Textarea
            aria-label={t("comments.write")}
            placeholder={t("comments.write")}
            value={text}
            rows={2}
            maxLength={4000}
            onChange={(event) => setText(event.target.value)}
          />
          <Button type="submit" busy={add.isPending} disabled={!text.trim()}>
            {t("comments.send")}
          </Button>
        </form>
      )}
    </section>
  );
}
