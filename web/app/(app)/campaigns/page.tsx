import { CampaignsPage } from "@/features/campaigns/campaigns-page";

export const metadata = { title: "Campaigns" };

export default function Page() {
  return <CampaignsPage />;
}
