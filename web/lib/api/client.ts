import createClient, { type Client } from "openapi-fetch";
import { readConfig } from "@/lib/config";
import { wantedLanguage } from "@/lib/language/active";
import { activeOrgId } from "@/lib/session/active-org";
import { requireReauthentication } from "@/lib/session/reauthentication";
import { accessToken, clearSession, refreshToken } from "@/lib/session/token";
import { fetchOrTakeEarly } from "./early-requests";
import { ApiError, unreachable } from "./error";
import type { paths } from "./schema";

/** The error code of a request that needs the second factor. */
const MFA_REQUIRED = "mfa_required";
/** Of one that cannot be undone, when the sign-in was too long ago. */
const SIGN_IN_TOO_OLD = "sign_in_too_old";

type ApiResponse<T> = { data?: T; error?: unknown; response: Response };

/** Make the id by which the logs of every service name a request. Not randomUUID, which plain http does not have. */
export function newRequestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let clientPromise: Promise<Client<paths>> | undefined;

function openClient(): Promise<Client<paths>> {
  clientPromise ??= readConfig()
    .then((config) => {
      const client = createClient<paths>({ baseUrl: config.apiUrl, fetch: fetchOrTakeEarly });
      client.use({
        async onRequest({ request }) {
          const token = await accessToken();
          if (token) request.headers.set("Authorization", `Bearer ${token}`);
          const org = activeOrgId();
          if (org) request.headers.set("X-ARTi-Org", org);
          request.headers.set("Accept-Language", wantedLanguage());
          request.headers.set("X-Request-Id", newRequestId());
          return request;
        },
      });
      return client;
    })
    .catch((error: unknown) => {
      clientPromise = undefined;
      throw error;
    });
  return clientPromise;
}

async function send<T>(request: (client: Client<paths>) => Promise<ApiResponse<T>>): Promise<ApiResponse<T>> {
  try {
    return await request(await openClient());
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw unreachable();
  }
}

/**
 * Call the API with the generated client. Returns the body; throws ApiError for everything else.
 * A refused token is refreshed once: a change of permissions ends tokens, not sessions.
 */
export async function call<T>(request: (client: Client<paths>) => Promise<ApiResponse<T>>): Promise<T> {
  let answer = await send(request);
  if (answer.response.status === 401 && (await refreshToken().catch(() => false))) answer = await send(request);
  const { data, error: body, response } = answer;
  if (response.ok) return data as T;
  const fields = typeof body === "object" && body ? (body as Record<string, unknown>) : {};
  const error = new ApiError(response.status, fields, response.headers.get("X-Request-Id") ?? "");
  if (error.status === 401) {
    clearSession();
    requireReauthentication("session-ended");
  }
  if (error.code === MFA_REQUIRED) requireReauthentication("mfa");
  if (error.code === SIGN_IN_TOO_OLD) requireReauthentication("confirm");
  throw error;
}
