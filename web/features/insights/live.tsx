"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useTell } from "@/components/ui/toast";
import { useOrgId, useSession } from "@/lib/session/context";
import { openSupabase } from "@/lib/session/supabase";

/** Listen for new insights of the org and show them at once. When the channel fails, the lists' polling remains. */
export function LiveInsights() {
  const org = useOrgId();
  const { can } = useSession();
  const queries = useQueryClient();
  const router = useRouter();
  const { tell } = useTell();
  const reads = can("insights:read");

  useEffect(() => {
    if (!org || !reads) return;
    let close = () => {};
    let gone = false;
    void openSupabase()
      .then(async (supabase) => {
        await supabase.realtime.setAuth();
        if (gone) return;
        const channel = supabase
          .channel(`insights-${org}`)
          .on(
            "postgres_changes",
            { event: "INSERT", schema: "public", table: "insights", filter: `org_id=eq.${org}` },
            (change) => {
              const { id, title } = change.new as { id: string; title: string };
              void queries.invalidateQueries({ queryKey: [org, "insights"] });
              tell(title, {
                kind: "news",
                action: { label: "Open", run: () => router.push(`/insights/?id=${id}`) },
              });
            },
          )
          .subscribe();
        close = () => void supabase.removeChannel(channel);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
      close();
    };
  }, [org, reads, queries, router, tell]);
  return null;
}
