"use client";

import { ArrowRight, Trash2, Workflow } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { Switch } from "@/components/ui/switch";
import { RuleDialog } from "./rule-dialog";
import { useRemoveRule, useRules, useToggleRule } from "./queries";
import type { Rule } from "@/lib/api/types";
import { conditionsLabel, KIND_ICONS } from "./labels";
import { t } from "./messages";

export function RulesCard({ canManage }: { canManage: boolean }) {
  const { items, error, refetch } = useRules();
  const change = useToggleRule();
  const remove = useRemoveRule();
  const [open, setOpen] = useState<Rule | null>(null);
  return (
    <Card aria-labelledby="rules-title">
      <CardHeader id="rules-title" title={t("rules.title")} note={t("rules.note")} />
      {error && !items && <ErrorState error={error} what={t("rules.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={3} />}
      {items?.length === 0 && (
        <EmptyState icon={Workflow} title={t("rules.empty")}>
          {canManage ? t("rules.emptyHint") : t("rules.emptyForOthers")}
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {items?.map((rule) => {
          const Icon = KIND_ICONS[rule.channel_kind];
          const name = t(`kinds.${rule.channel_kind}`);
          return (
            <li key={rule.id} className="flex items-center gap-3 px-4 py-3">
              <Switch
                label={t("rules.switch", { name: rule.name })}
                checked={change.isPending && change.variables.id === rule.id ? change.variables.enabled : rule.enabled}
                disabled={!canManage}
                onChange={(enabled) => change.mutate({ id: rule.id, enabled })}
              />
              <div className="min-w-0 flex-1">
                {canManage ? (
                  <button
                    type="button"
                    className="text-left font-medium hover:text-accent"
                    onClick={() => setOpen(rule)}
                  >
                    {rule.name}
                  </button>
                ) : (
                  <p className="font-medium">{rule.name}</p>
                )}
                <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-muted">
                  {t("rules.when", { event: t(`events.${rule.event_type}`), conditions: conditionsLabel(rule) })}
                  <ArrowRight className="size-3.5" aria-label={t("rules.goesTo")} />
                  <span className="inline-flex items-center gap-1">
                    <Icon className="size-3.5" aria-label={name} /> {rule.channel_name}
                  </span>
                </p>
                {rule.is_ownerless && <p className="text-sm text-warn">{t("rules.ownerless")}</p>}
              </div>
              {canManage && (
                <Button
                  variant="ghost"
                  size="icon"
                  aria-label={t("rules.remove", { name: rule.name })}
                  onClick={() => remove.mutate(rule.id)}
                >
                  <Trash2 aria-hidden />
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {open && <RuleDialog rule={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}
