import { AutomationPage } from "@/features/automation/automation-page";

export const metadata = { title: "Automation" };

export default function Page() {
  return <AutomationPage />;
}
