"use client";

import { PageHeader } from "@/components/page-header";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { useUrlState } from "@/lib/url-state";
import { NotificationSettingsCard } from "@/components/notifications/settings-card";
import { AccountView } from "./account-view";
import { GeneralView } from "./general-view";
import { t } from "./messages";

const VIEWS = ["general", "account", "notifications"] as const;

export function SettingsPage() {
  const { get, set } = useUrlState();
  const view = VIEWS.find((each) => each === get("view")) ?? "general";
  return (
    <>
      <PageHeader title={t("title")} lead={t(`leads.${view}`)}>
        <SegmentedControl
          label={t("view.label")}
          value={view}
          onChange={(next) => set({ view: next === "general" ? null : next })}
          options={[
            { value: "general", label: t("view.general") },
            { value: "account", label: t("view.account") },
            { value: "notifications", label: t("view.notifications") },
          ]}
        />
      </PageHeader>
      <div className="grid max-w-2xl grid-cols-[minmax(0,1fr)] gap-4">
        {view === "account" && <AccountView />}
        {view === "notifications" && <NotificationSettingsCard />}
        {view === "general" && <GeneralView />}
      </div>
    </>
  );
}
