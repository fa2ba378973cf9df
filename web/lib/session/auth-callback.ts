/** The parameters of an e-mail link or of a redirect from an identity provider. */
export type AuthCallback =
  | { kind: "error"; code: string; message: string }
  | { kind: "code"; code: string }
  | { kind: "tokens"; access_token: string; refresh_token: string; type: string }
  | { kind: "hash"; token_hash: string; type: string }
  | { kind: "message"; message: string };

/** Parse the query and the fragment of a URL; null when it does not come from the auth service. */
export function parseAuthCallback(search: string, hash: string): AuthCallback | null {
  const query = new URLSearchParams(search);
  const fragment = new URLSearchParams(hash.replace(/^#/, ""));
  const get = (name: string) => fragment.get(name) ?? query.get(name) ?? "";
  if (get("error") || get("error_code")) {
    return { kind: "error", code: get("error_code") || get("error"), message: get("error_description") };
  }
  if (fragment.get("access_token") && fragment.get("refresh_token")) {
    return {
      kind: "tokens",
      access_token: fragment.get("access_token") ?? "",
      refresh_token: fragment.get("refresh_token") ?? "",
      type: fragment.get("type") ?? "",
    };
  }
  if (query.get("token_hash") && query.get("type")) {
    return { kind: "hash", token_hash: query.get("token_hash") ?? "", type: query.get("type") ?? "" };
  }
  if (query.get("code")) return { kind: "code", code: query.get("code") ?? "" };
  if (get("message")) return { kind: "message", message: get("message") };
  return null;
}

/** Where to go after signing in: only a path of this site. */
export function safeNext(next: string | null | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}
