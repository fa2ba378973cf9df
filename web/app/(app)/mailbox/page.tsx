import { MailboxPage } from "@/features/mailbox/mailbox-page";

export const metadata = { title: "Mailbox" };

export default function Page() {
  return <MailboxPage />;
}
