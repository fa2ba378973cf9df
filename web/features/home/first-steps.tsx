"use client";

import { Circle, CircleCheck } from "lucide-react";
import { useRouter } from "next/navigation";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { FirstStep } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { useSession } from "@/lib/session/context";
import { useSampleArtist } from "./use-sample-artist";
import { FIRST_STEPS } from "./words";
import { t } from "./messages";

/** What a new organisation does once: each step with a link to where it is done. */
export function FirstSteps({ steps, onAddArtist }: { steps: FirstStep[]; onAddArtist: () => void }) {
  const { can } = useSession();
  const router = useRouter();
  const sample = useSampleArtist((artist) => router.push(`/artist/?id=${artist.id}`));
  const offersSample = can("imports:write") && steps.some((step) => step.kind === "numbers" && !step.done);
  return (
    <Card aria-labelledby="first-steps-title">
      <CardHeader
        id="first-steps-title"
        title={t("steps.title")}
        note={t("steps.done", { done: steps.filter((step) => step.done).length, all: steps.length })}
      >
        {offersSample && (
          <Button size="sm" onClick={() => sample.mutate()} busy={sample.isPending}>
            {t("steps.sample")}
          </Button>
        )}
      </CardHeader>
      <ol className="grid gap-px border-t border-line md:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]">
        {steps.map(({ kind, done }) => {
          const href = FIRST_STEPS[kind];
          const title = t(`step.${kind}.title`);
          const Icon = done ? CircleCheck : Circle;
          const text = "font-medium group-hover:text-accent group-hover:underline";
          return (
            <li key={kind} className="group relative flex gap-2.5 px-4 py-3 text-sm">
              <Icon className={cn("mt-0.5 size-4 shrink-0", done ? "text-up" : "text-muted")} aria-hidden />
              <span className="min-w-0">
                {done && <span className="font-medium text-muted">{title}</span>}
                {!done && href && (
                  <Link href={href} className={cn(text, "after:absolute after:inset-0")}>
                    {title}
                  </Link>
                )}
                {!done && !href && (
                  <button
                    type="button"
                    onClick={onAddArtist}
                    className={cn(text, "text-left after:absolute after:inset-0")}
                  >
                    {title}
                  </button>
                )}
                <span className="block text-xs text-muted">{done ? t("steps.isDone") : t(`step.${kind}.hint`)}</span>
              </span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
