import { Fragment } from "react";
import { buttonStyle } from "@/components/ui/button";
import { Logo } from "@/components/logo";
import type { MailboxMessage } from "@/lib/api/types";

type Text = { text: string };
type Element = { type: string; text?: string | Text; url?: string; style?: string };
type Block = { type: string; text?: Text; fields?: Text[]; elements?: Element[] };

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

function SlackBlock({ block }: { block: Block }) {
  if (block.type === "header")
    return (
      <p className="text-lg font-bold">
        <SlackMarkdown text={block.text?.text ?? ""} />
      </p>
    );
  if (block.type === "actions")
    return (
      <p className="mt-2 flex flex-wrap gap-2">
        {block.elements?.map((button, at) => (
          <a key={at} href={button.url} className={buttonStyle({ variant: at === 0 ? "primary" : "outline" })}>
            {typeof button.text === "object" ? button.text.text : button.text}
          </a>
        ))}
      </p>
    );
  return (
    <div className={block.type === "context" ? "mt-1 text-xs text-muted" : "mt-1.5"}>
      {block.text && <SlackMarkdown text={block.text.text} />}
      {block.fields && (
        <div className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
          {block.fields.map((field, at) => (
            <p key={at}>
              <SlackMarkdown text={field.text} />
            </p>
          ))}
        </div>
      )}
      {block.elements?.map((element, at) => (
        <span key={at}>
          <SlackMarkdown text={typeof element.text === "string" ? element.text : ""} />
        </span>
      ))}
    </div>
  );
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
          <SlackBlock key={index} block={block} />
        ))}
      </div>
    </div>
  );
}
