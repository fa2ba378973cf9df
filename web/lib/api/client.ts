import createClient, { type Client } from "openapi-fetch";
import { readConfig } from "@/lib/config";
import { activeOrg } from "@/lib/session/active-org";
import { accessToken } from "@/lib/session/token";
import { ApiError, noAnswer } from "./error";
import type { paths } from "./schema";

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Sent on window when the server no longer accepts the session. */
export const SIGNED_OUT = "arti:signed-out";

let opening: Promise<Client<paths>> | undefined;

function open(): Promise<Client<paths>> {
  opening ??= readConfig()
    .then((config) => {
      const client = createClient<paths>({ baseUrl: config.apiUrl });
      client.use({
        async onRequest({ request }) {
          const token = await accessToken();
          if (token) request.headers.set("Authorization", `Bearer ${token}`);
          const org = activeOrg();
          if (org) request.headers.set("X-ARTi-Org", org);
          return request;
        },
      });
      return client;
    })
    .catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
  return opening;
}

/** Call the API with the generated client. Returns the body; throws ApiError for everything else. */
export async function call<T>(ask: (client: Client<paths>) => Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await ask(await open());
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw noAnswer();
  }
  if (answer.response.ok) return answer.data as T;
  if (answer.response.status === 401) window.dispatchEvent(new Event(SIGNED_OUT));
  const body = typeof answer.error === "object" && answer.error ? (answer.error as Record<string, unknown>) : {};
  throw new ApiError(answer.response.status, body, answer.response.headers.get("X-Request-Id") ?? "");
}
