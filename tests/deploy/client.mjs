// Drives the unmodified supabase-js through the proxy: auth, REST, Realtime over wss. Names lead to this machine.
// node client.mjs <folder with node_modules> <url> <publishable key>
import dns from 'node:dns'
import { createRequire } from 'node:module'

dns.lookup = (_host, options, done = options) =>
  options?.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
const [, , folder, url, key] = process.argv
const { createClient } = createRequire(`${folder}/package.json`)('@supabase/supabase-js')
const client = createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } })
const said = {}
const person = { email: 'ada@label.example', password: 'a long enough sentence' }
const { data, error } = await client.auth.signUp(person)
said.signUp = error?.message ?? data.user.email
said.user = (await client.auth.getUser()).data.user?.email
said.artists = (await client.from('artists').select('id')).data
const { data: session } = await client.auth.getSession()
await client.realtime.setAuth(session.session.access_token)
const channel = client.channel('artists').on('postgres_changes', { event: '*', schema: 'public', table: 'artists' }, () => {})
said.realtime = await new Promise((done) => channel.subscribe((status, why) => done(why?.message ?? status)))
said.signOut = (await client.auth.signOut()).error
console.log(JSON.stringify(said))
process.exit(0)
