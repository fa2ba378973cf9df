// Drives the unmodified supabase-js against a gateway and prints what came back, one JSON object.
// node official.mjs <folder with node_modules> <url> <publishable key> <secret key>; lines on stdin let it go on.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const [, , folder, url, publishableKey, secretKey] = process.argv
const { createClient } = createRequire(`${folder}/package.json`)('@supabase/supabase-js')
const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false }
const client = () => createClient(url, publishableKey, { auth })
const password = 'correct horse battery'
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (message) => console.log(JSON.stringify(message))
const brief = (error) => error && { status: error.status, code: error.code }

const ada = client()
const signedUp = await ada.auth.signUp({ email: 'ada@example.test', password })
const taken = await client().auth.signUp({ email: 'ada@example.test', password })
const weak = await client().auth.signUp({ email: 'weak@example.test', password: 'abc' })
const wrong = await client().auth.signInWithPassword({ email: 'ada@example.test', password: 'not this one' })
const signedIn = await ada.auth.signInWithPassword({ email: 'ada@example.test', password })
const refreshed = await ada.auth.refreshSession()
const claims = await ada.auth.getClaims()
const updated = await ada.auth.updateUser({ data: { display_name: 'Ada' } })
const read = await ada.auth.getUser()
say({
  signedUp: signedUp.data.session !== null,
  taken: brief(taken.error),
  weak: { ...brief(weak.error), reasons: weak.error.reasons },
  wrong: brief(wrong.error),
  rotated: signedIn.data.session.refresh_token !== refreshed.data.session.refresh_token,
  claims: claims.data.claims,
  displayName: updated.data.user.user_metadata.display_name,
  user: read.data.user,
})

await lines.next() // ada is a member of an org now
const eve = client()
await eve.auth.signUp({ email: 'eve@example.test', password })
const changes = { ada: [], eve: [] }
const subscribed = (who, name) =>
  new Promise((resolve, reject) => {
    who
      .channel('live')
      .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'sync_runs' }, () => {})
      .on('postgres_changes', { event: '*', schema: 'public', table: 'jobs', filter: 'name=eq.connections.sync' },
        (change) => changes[name].push(change))
      .subscribe((status, error) =>
        status === 'SUBSCRIBED' ? resolve() : reject(new Error(`${status} ${error?.message ?? ''}`)))
  })
await Promise.all([subscribed(ada, 'ada'), subscribed(eve, 'eve')])
const rows = await ada.from('artists').select('name, country', { count: 'exact' }).ilike('name', 'l*').order('name')
const none = await eve.from('artists').select('*')
const added = await ada.from('artists').insert({ org_id: rows.data.length && process.env.ORG_ID, name: 'Nacre' }).select().single()
const refused = await eve.from('artists').insert({ org_id: process.env.ORG_ID, name: 'Intruder' })
const embedded = await ada.from('artists').select('name, jobs(*)')
say({
  rows: rows.data, count: rows.count, none: none.data, added: added.data?.name, refused: refused.error?.code,
  refusedStatus: refused.status, embedded: embedded.error,
})

await lines.next() // rows were inserted
const until = Date.now() + 10_000
while (changes.ada.length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
say({ changes })

const admin = createClient(url, secretKey, { auth }).auth.admin
const made = await admin.createUser({ email: 'bea@example.test', password, email_confirm: true })
const listed = await admin.listUsers({ page: 1, perPage: 1 })
const changed = await admin.updateUserById(made.data.user.id, { user_metadata: { team: 'a&r' } })
const deleted = await admin.deleteUser(made.data.user.id)
const notAdmin = await ada.auth.admin.listUsers()
const token = (await ada.auth.getSession()).data.session.access_token
const signedOut = await ada.auth.signOut()
const after = await eve.auth.getUser(token)
say({
  made: made.data.user.email, listed: listed.data.users.map((user) => user.email), total: listed.data.total,
  nextPage: listed.data.nextPage, lastPage: listed.data.lastPage, changed: changed.data.user.user_metadata, deleted: deleted.error,
  notAdmin: brief(notAdmin.error), signedOut: signedOut.error, after: { name: after.error.name },
})
process.exit(0)
