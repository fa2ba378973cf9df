"use client";

import { Check, EyeOff, RotateCcw, ThumbsDown, ThumbsUp } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import type { InsightDetail } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { useSendFeedback, useSetInsightStatus } from "./queries";

export function FeedbackForm({ insight }: { insight: InsightDetail }) {
  const { can } = useSession();
  const feedback = useSendFeedback(insight.id);
  const triage = useSetInsightStatus(insight.id);
  const [comment, setComment] = useState(insight.my_feedback?.comment ?? "");
  if (!can("insights:feedback")) return null;
  const current = insight.my_feedback?.rating;
  const send = (rating: "useful" | "not_useful") => feedback.mutate({ rating, comment });
  return (
    <div className="grid gap-3 border-t border-line pt-4">
      <div className="flex flex-wrap items-center gap-2">
        <span className="mr-auto text-sm font-medium">{t("feedback.question")}</span>
        <Button
          aria-pressed={current === "useful"}
          className={current === "useful" ? "border-up text-up" : ""}
          onClick={() => send("useful")}
        >
          <ThumbsUp aria-hidden /> {t("feedback.useful")}
        </Button>
        <Button
          aria-pressed={current === "not_useful"}
          className={current === "not_useful" ? "border-down text-down" : ""}
          onClick={() => send("not_useful")}
        >
          <ThumbsDown aria-hidden /> {t("feedback.notUseful")}
        </Button>
      </div>
      {current && (
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            send(current);
          }}
        >
          <Input
            aria-label={t("feedback.better")}
            placeholder={t("feedback.better")}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
            maxLength={2000}
            className="h-8 text-sm"
          />
          <Button type="submit" busy={feedback.isPending}>
            {t("feedback.send")}
          </Button>
        </form>
      )}
      {insight.status !== "withdrawn" && (
        <div className="flex flex-wrap gap-2">
          {insight.status !== "acknowledged" && (
            <Button onClick={() => triage.mutate("acknowledged")}>
              <Check aria-hidden /> {t("feedback.acknowledge")}
            </Button>
          )}
          {insight.status !== "dismissed" && (
            <Button variant="ghost" onClick={() => triage.mutate("dismissed")}>
              <EyeOff aria-hidden /> {t("feedback.dismiss")}
            </Button>
          )}
          {insight.status !== "new" && (
            <Button variant="ghost" onClick={() => triage.mutate("new")}>
              <RotateCcw aria-hidden /> {t("feedback.markNew")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
