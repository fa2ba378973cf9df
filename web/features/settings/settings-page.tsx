"use client";

import { PageHeader } from "@/components/page-header";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { useUrlState } from "@/lib/url-state";
import { AccountView } from "./account-view";
import { GeneralView } from "./general-view";

export function SettingsPage() {
  const { get, set } = useUrlState();
  const view = get("view") === "account" ? "account" : "general";
  const lead =
    view === "account" ? "Who you are, and how you sign in." : "The organisation, and how ARTi looks on this browser.";
  return (
    <>
      <PageHeader title="Settings" lead={lead}>
        <SegmentedControl
          label="View"
          value={view}
          onChange={(next) => set({ view: next === "general" ? null : next })}
          options={[
            { value: "general", label: "General" },
            { value: "account", label: "Your account" },
          ]}
        />
      </PageHeader>
      <div className="grid max-w-2xl grid-cols-[minmax(0,1fr)] gap-4">
        {view === "account" ? <AccountView /> : <GeneralView />}
      </div>
    </>
  );
}
