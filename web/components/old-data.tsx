import { t } from "@/components/messages";
/** Says that what is shown is from before, while something else is loading. */
export function OldDataNote() {
  return (
    <p role="status" className="animate-late px-4 py-1.5 text-xs text-muted">
      {t("oldData")}
    </p>
  );
}

type Props = { when: boolean; children: React.ReactNode; className?: string };

/** What was shown before while something else is loading: said in words, and not dimmed: it must stay legible. */
export function OldData({ when, children, className }: Props) {
  return (
    <div aria-busy={when || undefined} className={className}>
      {when && <OldDataNote />}
      {children}
    </div>
  );
}
