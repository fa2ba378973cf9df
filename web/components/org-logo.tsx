"use client";

import { call } from "@/lib/api/client";
import { useOrgQuery } from "@/lib/api/queries";
import { cn } from "@/lib/class-names";
import { useSession } from "@/lib/session/context";

/** As a data URL: the page may show no other picture that comes with a token. */
function read(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error("The logo cannot be read."));
    reader.readAsDataURL(picture);
  });
}

/** The active organisation's logo as a data URL; undefined without one. */
export function useOrgLogo() {
  const { org } = useSession();
  const { data } = useOrgQuery(
    ["logo", org?.logo_id],
    async () => read(await call<Blob>((client) => client.GET("/api/orgs/current/logo", { parseAs: "blob" }))),
    { enabled: Boolean(org?.logo_id), staleTime: Infinity },
  );
  return data;
}

/** The active organisation's logo, or the first letter of its name. */
export function OrgLogo({ className }: { className?: string }) {
  const { org } = useSession();
  const url = useOrgLogo();
  const shape = cn("size-7 shrink-0 rounded-md", className);
  if (org?.logo_id && url) return <img src={url} alt="" className={cn(shape, "bg-white object-contain")} />;
  return (
    <span aria-hidden className={cn(shape, "grid place-items-center bg-fg text-xs font-semibold text-bg uppercase")}>
      {org?.name.slice(0, 1) ?? "A"}
    </span>
  );
}
