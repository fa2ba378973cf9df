"use client";

import { PageHeader } from "@/components/page-header";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { useUrlState } from "@/lib/url-state";
import { NotificationSettingsCard } from "@/components/notifications/settings-card";
import { AccountView } from "./account-view";
import { GeneralView } from "./general-view";

const VIEWS = ["general", "account", "notifications"] as const;
const LEADS = {
  general: "The organisation, and how ARTi looks on this browser.",
  account: "Who you are, and how you sign in.",
  notifications: "What you get, how often, and at which hours.",
};

export function SettingsPage() {
  const { get, set } = useUrlState();
  const view = VIEWS.find((each) => each === get("view")) ?? "general";
  return (
    <>
      <PageHeader title="Settings" lead={LEADS[view]}>
        <SegmentedControl
          label="View"
          value={view}
          onChange={(next) => set({ view: next === "general" ? null : next })}
          options={[
            { value: "general", label: "General" },
            { value: "account", label: "Your account" },
            { value: "notifications", label: "Notifications" },
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
