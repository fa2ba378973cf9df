const KEY = "arti-org";

/** The org that requests name. Kept per browser; membership is checked by the server each time. */
export function activeOrgId(): string | null {
  return typeof window === "undefined" ? null : window.localStorage.getItem(KEY);
}

export function setActiveOrgId(id: string | null): void {
  if (id) window.localStorage.setItem(KEY, id);
  else window.localStorage.removeItem(KEY);
}
