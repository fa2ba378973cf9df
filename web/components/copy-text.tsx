"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/class-names";
import { t } from "@/components/messages";

type Props = { text: string; label: string; className?: string; block?: boolean };

/** A text with a copy button: a key, an address, an example. */
export function CopyText({ text, label, className, block }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      window.setTimeout(() => setCopied(false), 2000);
    } catch {
      // Only https and localhost may write to the clipboard; elsewhere the text can be selected.
    }
  };
  return (
    <div className={cn("flex items-start gap-1 rounded-md border border-line bg-sunken p-1 pl-2.5", className)}>
      {block ? (
        <pre
          role="group"
          aria-label={label}
          className="min-w-0 flex-1 py-1.5 font-mono text-xs leading-5 break-all whitespace-pre-wrap select-all"
        >
          {text}
        </pre>
      ) : (
        <code
          role="group"
          aria-label={label}
          className="min-w-0 flex-1 py-1.5 font-mono text-xs leading-5 break-all select-all"
        >
          {text}
        </code>
      )}
      <Button
        variant="ghost"
        size="icon"
        aria-label={copied ? t("copy.copied") : t("copy.copy", { label })}
        onClick={() => void copy()}
      >
        {copied ? <Check className="text-up" aria-hidden /> : <Copy aria-hidden />}
      </Button>
    </div>
  );
}
