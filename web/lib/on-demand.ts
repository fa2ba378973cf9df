import { useCallback, useState } from "react";
import { unreachable } from "@/lib/api/error";
import { useToast } from "@/lib/toast";

/** A component whose script is loaded when it is first needed, and what loads it: true when it did. `load` must be stable. */
export function useOnDemand<P>(load: () => Promise<React.ComponentType<P>>) {
  const [loaded, setLoaded] = useState<{ Component: React.ComponentType<P> } | null>(null);
  const { showError } = useToast();
  const open = useCallback(
    () =>
      load()
        .then((Component) => {
          setLoaded({ Component });
          return true;
        })
        .catch(() => {
          showError(unreachable());
          return false;
        }),
    [load, showError],
  );
  return { loaded, open };
}
