import { useEffect, useRef } from "react";
import type { InsightDetail } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { useToast } from "@/lib/toast";
import { useUrlState } from "@/lib/url-state";
import { t } from "./messages";
import { useChangeInsights } from "./queries";

/** The button "Acknowledge" of a message leads here with `acknowledge=1`: the story is acknowledged once, with an undo. */
export function useAcknowledge(insight: InsightDetail | undefined) {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const { showToast } = useToast();
  const { mutate } = useChangeInsights();
  const done = useRef("");
  const wanted = get("acknowledge") === "1";
  const mayChange = can("insights:feedback");
  useEffect(() => {
    if (!insight || !wanted || done.current === insight.id) return;
    done.current = insight.id;
    set({ acknowledge: null });
    if (!mayChange || insight.status !== "new") return;
    const insight_ids = [insight.id];
    mutate(
      { insight_ids, status: "acknowledged" },
      {
        onSuccess: () =>
          showToast(t("team.acknowledged"), {
            action: { label: t("team.undo"), run: () => mutate({ insight_ids, status: "new" }) },
          }),
      },
    );
  }, [insight, wanted, mayChange, mutate, set, showToast]);
}
