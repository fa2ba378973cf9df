import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import { cn } from "@/lib/class-names";

const style = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:bg-accent/90",
        outline: "border border-field/60 bg-panel text-fg shadow-card hover:bg-hover",
        ghost: "text-muted hover:bg-hover hover:text-fg",
        danger: "border border-down/50 bg-panel text-down hover:bg-down-soft",
        link: "h-auto rounded-sm px-0 text-accent underline-offset-2 hover:underline",
      },
      size: { md: "h-9 px-3.5", sm: "h-8 px-2.5 text-sm", icon: "size-8" },
    },
    compoundVariants: [{ variant: "link", size: ["md", "sm", "icon"], class: "h-auto px-0" }],
    defaultVariants: { variant: "outline", size: "sm" },
  },
);

/** The style of a button, for links too. `cn` keeps the later of two conflicting classes. */
export const buttonStyle = (params?: VariantProps<typeof style>) => cn(style(params));

type Props = React.ComponentProps<"button"> & VariantProps<typeof style> & { asChild?: boolean; busy?: boolean };

export function Button({ className, variant, size, asChild, busy, children, onClick, ...props }: Props) {
  if (asChild) {
    return (
      <Slot.Root className={cn(buttonStyle({ variant, size }), className)} onClick={onClick} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      className={cn(buttonStyle({ variant, size }), className)}
      // Not `disabled` while busy: a disabled button loses the focus.
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
