"use client";

import { cloneElement } from "react";
import { useOnDemand } from "@/lib/on-demand";

export type MenuTriggerElement = React.ReactElement<React.ComponentProps<"button">>;
type Props = { trigger: MenuTriggerElement; load: () => Promise<React.ComponentType<{ trigger: MenuTriggerElement }>> };

/**
 * The trigger of a menu whose script is loaded with the pointer on it, and opened by a click: no first view needs a
 * menu. What `load` gives holds the trigger and starts open. `load` must be stable.
 */
export function LazyMenu({ trigger, load }: Props) {
  const { loaded, open } = useOnDemand(load);
  if (loaded) return <loaded.Component trigger={trigger} />;
  return cloneElement(trigger, {
    type: "button",
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: () => void load().catch(() => undefined),
    onClick: () => void open(),
    onKeyDown: (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      void open();
    },
  });
}
