// The other side of bench/api: an artist's series from plain rows, as one writes it with Fastify and pg.
// Verified token, pool, one transaction with role and claims, one prepared statement under RLS, JSON made here.

import { createHmac } from "node:crypto";
import Fastify from "fastify";
import { TokenError, createVerifier } from "fast-jwt";
import pg from "pg";

pg.types.setTypeParser(pg.types.builtins.DATE, (day) => day);

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL_SIZE),
  idleTimeoutMillis: 0, // keep the connections while the other side is measured
  pipeline: process.env.PIPELINE === "1",
});
const verify = createVerifier({
  key: process.env.JWT_PUBLIC_KEY,
  algorithms: ["ES256"],
  allowedAud: "authenticated",
  allowedIss: process.env.JWT_ISSUER,
  cache: 10_000,
});

const ROWS = {
  name: "artist_series",
  text: `select s.id, s.provider, s.metric, o.observed_on, o.value
         from plain.series s
         join plain.observations o on o.org_id = s.org_id and o.series_id = s.id
         where s.org_id = $1 and s.artist_id = $2 and s.metric = any ($3) and s.asset_id is null and s.dimension = ''
           and o.org_id = $1 and o.observed_on between $4 and $5
         order by s.provider, s.metric, s.id, o.observed_on`,
};

const CLAIMS_KEY = Buffer.from(process.env.CLAIMS_SIGNING_KEY, "base64");

// As src/arti_core/claims_signature.py, for a server with the clock of this machine.
function sign(claims, user, backendPid) {
  const at = Math.floor(Date.now() / 1000);
  const message = `${backendPid}\n${at} ${user}\nauthenticated\n\n${claims}`;
  return `${createHmac("sha256", CLAIMS_KEY).update(message).digest("hex")} ${at} ${user}`;
}

async function readRows(claims, values) {
  const text = JSON.stringify(claims);
  const client = await pool.connect();
  try {
    await client.query("begin read only");
    await client.query({
      name: "claims",
      text:
        "select set_config('role', 'authenticated', true), set_config('app.job_org_id', '', true), " +
        "set_config('request.jwt.claims', $1, true), set_config('app.claims_signature', $2, true)",
      values: [text, sign(text, claims.sub, client.processID)],
    });
    const { rows } = await client.query({ ...ROWS, values });
    await client.query("commit");
    return rows;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

function groupRows(rows) {
  const series = [];
  let current;
  for (const row of rows) {
    if (current?.series_id !== row.id) {
      current = { series_id: row.id, provider: row.provider, metric: row.metric, points: [] };
      series.push(current);
    }
    current.points.push({ on: row.observed_on, value: row.value });
  }
  return series;
}

const DAY = { type: "string" };
const UUID = { type: "string", format: "uuid" };
const point = { type: "object", properties: { on: DAY, value: { type: ["number", "null"] } } };
const series = {
  type: "object",
  properties: {
    series_id: { type: "string" },
    provider: { type: "string" },
    metric: { type: "string" },
    points: { type: "array", items: point },
  },
};
const schema = {
  params: { type: "object", properties: { artist: UUID } },
  headers: { type: "object", properties: { "x-arti-org": UUID }, required: ["x-arti-org"] },
  querystring: {
    type: "object",
    properties: {
      metric: { type: "array", items: { type: "string" } },
      from: { type: "string", format: "date" },
      to: { type: "string", format: "date" },
    },
    required: ["metric", "from", "to"],
  },
  response: {
    200: { type: "object", properties: { from: DAY, to: DAY, series: { type: "array", items: series } } },
  },
};

const app = Fastify();
app.decorateRequest("claims", null);
app.addHook("onRequest", async (request, reply) => {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  try {
    request.claims = scheme === "Bearer" && verify(token);
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
  }
  if (!request.claims) return reply.code(401).send({ error: "Sign in first." });
});
app.get("/api/artists/:artist/series", { schema }, async (request) => {
  const { metric, from, to } = request.query;
  const { sub, role, email, session_id, aal } = request.claims;
  const org = request.headers["x-arti-org"];
  const rows = await readRows({ sub, role, email, session_id, aal }, [org, request.params.artist, metric, from, to]);
  return { from, to, series: groupRows(rows) };
});
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
