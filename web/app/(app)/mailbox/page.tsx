import { MailboxPage } from "@/features/automation/mailbox/mailbox-page";

export const metadata = { title: "Mailbox" };

export default function Page() {
  return <MailboxPage />;
}
