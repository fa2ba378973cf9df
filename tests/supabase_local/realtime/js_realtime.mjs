// Runs the unmodified supabase-js against a gateway (serializer 2.0.0) and prints what it receives, one JSON object a line.
// node js_realtime.mjs <folder with node_modules> <url> <publishable key> <ada's session> <bob's session> <team id> <url of the gateway of ada's tab and bob>
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const [, , folder, url, key, adas, bobs, team, other] = process.argv
const { createClient } = createRequire(`${folder}/package.json`)('@supabase/supabase-js')
const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false }
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (message) => console.log(JSON.stringify(message))
const client = async (session, at) => {
  const made = createClient(at, key, { auth })
  await made.auth.setSession(JSON.parse(session))
  return made
}
const until = async (seen) => {
  for (let n = 0; n < 1000 && !seen(); n++) await new Promise((go) => setTimeout(go, 10))
  return seen()
}
const subscribe = (channel) =>
  new Promise((done) => channel.subscribe((status, error) => done({ status, error: error?.message })))

const [ada, tab, bob] = [await client(adas, url), await client(adas, other), await client(bobs, other)]

const received = { ada: [], named: [], bob: [] }
const collect = (list) => (change) => list.push({ type: change.eventType, new: change.new, old: change.old })
const tasks = { schema: 'public', table: 'tasks' }
const changes = ada
  .channel('tasks', { config: { postgres_changes_options: { wait: true } } })
  .on('postgres_changes', { event: '*', ...tasks }, collect(received.ada))
  .on('postgres_changes', { event: 'INSERT', ...tasks, filter: 'name=in.(b,c)' }, collect(received.named))
const channelOfBob = bob
  .channel('tasks', { config: { postgres_changes_options: { wait: true } } })
  .on('postgres_changes', { event: '*', ...tasks }, collect(received.bob))
const bad = ada
  .channel('bad', { config: { postgres_changes_options: { wait: true } } })
  .on('postgres_changes', { event: '*', schema: 'public', table: 'team_members' }, () => {})
say({ ada: await subscribe(changes), bob: await subscribe(channelOfBob), bad: await subscribe(bad) })

await lines.next() // tasks have changed now
await until(() => received.ada.length >= 4 && received.bob.length >= 1)
say(received)

const name = `team:${team}:talk`
const talk = { config: { private: true, broadcast: { ack: true }, presence: { key: 'ada' } } }
const one = ada.channel(name, talk)
const two = tab.channel(name, { config: { private: true } })
const messages = []
const crowds = []
two.on('broadcast', { event: 'wave' }, ({ payload }) =>
  messages.push(payload instanceof ArrayBuffer ? [...new Uint8Array(payload)] : payload))
two.on('presence', { event: 'sync' }, () => crowds.push(Object.values(two.presenceState()).flat().map((m) => m.mood)))
const entered = [await subscribe(two), await subscribe(one)]
const refused = await subscribe(bob.channel(name, { config: { private: true } }))
const sent = [
  await one.send({ type: 'broadcast', event: 'wave', payload: { n: 1, ü: '🦉' } }),
  await one.send({ type: 'broadcast', event: 'wave', payload: new Uint8Array([0, 255]).buffer }),
]
await one.httpSend('wave', { n: 2 })
await until(() => messages.length >= 3)
for (const mood of ['calm', 'glad']) {
  await one.track({ mood })
  await until(() => crowds.at(-1)?.[0] === mood)
}
await one.untrack()
await until(() => crowds.at(-1)?.length === 0)
const refreshed = await ada.auth.refreshSession()
await ada.realtime.setAuth(refreshed.data.session.access_token)
sent.push(await one.send({ type: 'broadcast', event: 'wave', payload: { n: 4 } }))
await until(() => messages.length >= 4)
say({ entered, refused, sent, messages, crowds: crowds.slice(-3) })

await Promise.all([ada, tab, bob].map((made) => made.removeAllChannels()))
process.exit(0)
