import { cn } from "@/lib/class-names";

const TONES = { warn: "bg-warn-soft text-warn", bad: "bg-down-soft text-down", good: "bg-up-soft text-up" };

type Props = { tone: keyof typeof TONES; children: React.ReactNode; className?: string };

/** A highlighted message: information, or what went wrong. */
export function Alert({ tone, children, className }: Props) {
  return (
    <p
      role={tone === "bad" ? "alert" : "status"}
      className={cn("rounded-md px-3 py-2 text-sm", TONES[tone], className)}
    >
      {children}
    </p>
  );
}
