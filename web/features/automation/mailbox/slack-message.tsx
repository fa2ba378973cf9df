import { Fragment } from "react";
import { Logo } from "@/components/logo";
import type { MailboxMessage } from "@/lib/api/types";

type Block = { type: string; text?: { text: string }; elements?: { text?: string }[] };

const UNESCAPED: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Render the part of Slack's mrkdwn that ARTi writes: *bold*, <link|text> and line breaks. */
function SlackMarkdown({ text }: { text: string }) {
  const parts = text.split(/(\*[^*\n]+\*|<https?:[^>|]+(?:\|[^>]+)?>|\n)/);
  const plain = (part: string) => part.replace(/&(?:amp|lt|gt);/g, (found) => UNESCAPED[found]!);
  return parts.map((part, index) => {
    if (part === "\n") return <br key={index} />;
    if (part.length > 2 && part.startsWith("*") && part.endsWith("*"))
      return <strong key={index}>{plain(part.slice(1, -1))}</strong>;
    if (part.startsWith("<")) {
      const [href, words] = plain(part.slice(1, -1)).split("|");
      return (
        <a key={index} href={href} className="text-accent underline underline-offset-2">
          {words ?? href}
        </a>
      );
    }
    return <Fragment key={index}>{plain(part)}</Fragment>;
  });
}

export function SlackMessage({ payload, fallback }: { payload: MailboxMessage["payload"]; fallback: string }) {
  const blocks = Array.isArray(payload.blocks) ? (payload.blocks as Block[]) : [];
  return (
    <div className="flex max-w-2xl gap-3 rounded-md border border-line bg-panel p-4">
      <Logo className="size-9 shrink-0" />
      <div className="min-w-0">
        <p>
          <span className="font-bold">ARTi</span>{" "}
          <span className="ml-1 rounded bg-hover px-1 text-xs text-muted">APP</span>
        </p>
        {blocks.length === 0 && <p className="whitespace-pre-wrap">{fallback}</p>}
        {blocks.map((block, index) => (
          <div key={index} className={block.type === "context" ? "mt-2 text-xs text-muted" : "mt-0.5"}>
            {block.text && <SlackMarkdown text={block.text.text} />}
            {block.elements?.map((element, at) => (
              <span key={at}>
                <SlackMarkdown text={element.text ?? ""} />
              </span>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
