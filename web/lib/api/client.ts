import createClient, { type Client } from "openapi-fetch";
import { readConfig } from "@/lib/config";
import { activeOrg } from "@/lib/session/active-org";
import { interrupt } from "@/lib/session/interruption";
import { accessToken, forgetSession, renewToken } from "@/lib/session/token";
import { ApiError, noAnswer } from "./error";
import type { paths } from "./schema";

type Answer<T> = { data?: T; error?: unknown; response: Response };

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

async function send<T>(ask: (client: Client<paths>) => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await ask(await open());
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw noAnswer();
  }
}

/**
 * Call the API with the generated client. Returns the body; throws ApiError for everything else.
 * A refused token is renewed once, because a change of rights ends tokens and not sessions.
 */
export async function call<T>(ask: (client: Client<paths>) => Promise<Answer<T>>): Promise<T> {
  let answer = await send(ask);
  if (answer.response.status === 401 && (await renewToken().catch(() => false))) answer = await send(ask);
  if (answer.response.ok) return answer.data as T;
  const body = typeof answer.error === "object" && answer.error ? (answer.error as Record<string, unknown>) : {};
  const problem = new ApiError(answer.response.status, body, answer.response.headers.get("X-Request-Id") ?? "");
  if (problem.status === 401) {
    forgetSession();
    interrupt("ended");
  }
  if (problem.code === "second_step_needed") interrupt("second-step");
  throw problem;
}
