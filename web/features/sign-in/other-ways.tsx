"use client";

import { useMutation } from "@tanstack/react-query";
import { SIGN_IN_WAYS, wayName, WayMark, type SignInWay } from "@/components/sign-in-ways";
import { Button } from "@/components/ui/button";
import { sentence } from "@/lib/api/error";
import { useAuthSettings } from "@/lib/session/auth-settings";
import { leaveFor } from "./auth";
import { Note } from "./welcome-frame";

/** Buttons for the services that the server has set up; nothing when there is none. Below the form, which does not move when they come. */
export function OtherWays({ next }: { next: string }) {
  const { data } = useAuthSettings();
  const ways = SIGN_IN_WAYS.filter((way) => data?.external[way]);
  const leave = useMutation({ mutationFn: (way: SignInWay) => leaveFor(way, next) });
  if (ways.length === 0) return null;
  return (
    <div className="grid gap-2">
      <p
        aria-hidden
        className="my-1 flex items-center gap-3 text-xs text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line"
      >
        or
      </p>
      {ways.map((way) => (
        <Button
          key={way}
          size="md"
          busy={leave.variables === way && !leave.isError && !leave.isIdle}
          onClick={() => leave.mutate(way)}
        >
          <WayMark way={way} />
          Continue with {wayName(way)}
        </Button>
      ))}
      {leave.error && <Note tone="bad">{sentence(leave.error)}</Note>}
    </div>
  );
}
