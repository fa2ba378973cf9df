const KEY = "arti-org";

/** The org of all requests. Stored per browser; the server checks membership on each request. */
export function activeOrgId(): string | null {
  return typeof window === "undefined" ? null : window.localStorage.getItem(KEY);
}

export function setActiveOrgId(id: string | null): void {
  if (id) window.localStorage.setItem(KEY, id);
  else window.localStorage.removeItem(KEY);
}
