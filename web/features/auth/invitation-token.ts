const KEY = "arti-invitation";

/**
 * Return the token of a mailed link, null without one. It moves from the address, which could be copied, to this tab,
 * so that it is still there after signing in.
 */
export function takeInvitationToken(): string | null {
  const token = new URLSearchParams(window.location.hash.replace(/^#/, "")).get("token");
  if (token) {
    window.sessionStorage.setItem(KEY, token);
    window.history.replaceState(null, "", window.location.pathname);
  }
  return token ?? window.sessionStorage.getItem(KEY);
}

export function forgetInvitationToken(): void {
  window.sessionStorage.removeItem(KEY);
}
