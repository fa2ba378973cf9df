// Drives the unmodified supabase-js through the ways in by mail and prints what came back, one JSON object a step.
// node mails.mjs <folder with node_modules> <url> <publishable key> <secret key>; a line on stdin answers each question.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const [, , folder, url, publishableKey, secretKey] = process.argv
const { createClient } = createRequire(`${folder}/package.json`)('@supabase/supabase-js')
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (message) => console.log(JSON.stringify(message))
const ask = async (question) => {
  say({ question })
  return JSON.parse((await lines.next()).value)
}
const brief = (error) => error && { status: error.status, code: error.code }
const client = (flowType, key = publishableKey) => {
  const kept = new Map() // PKCE keeps its verifier here
  const storage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  }
  return createClient(url, key, {
    auth: { flowType, storage, persistSession: true, autoRefreshToken: false, detectSessionInUrl: false },
  })
}
const password = 'correct horse battery'
const email = 'ada@example.test'
const site = 'http://127.0.0.1:3000'
const me = async (who) => (await who.auth.getUser()).data.user

// PKCE: sign-up, magic link, recovery, change of e-mail; each link comes back as ?code=
const ada = client('pkce')
const signedUp = await ada.auth.signUp({ email, password, options: { emailRedirectTo: `${site}/hello` } })
const confirmed = await ada.auth.exchangeCodeForSession(await ask(email))
await ada.auth.signOut()
await ada.auth.signInWithOtp({ email })
const byLink = await ada.auth.exchangeCodeForSession(await ask(email))
await ada.auth.signOut()
await ada.auth.resetPasswordForEmail(email, { redirectTo: `${site}/new-password` })
const recovering = await ada.auth.exchangeCodeForSession(await ask(email))
const newPassword = await ada.auth.updateUser({ password: 'a wholly new one' })
const samePassword = await ada.auth.updateUser({ password: 'a wholly new one' })
const claims = (await ada.auth.getClaims()).data.claims
say({
  signedUp: { session: signedUp.data.session, email: signedUp.data.user.email },
  confirmed: brief(confirmed.error) ?? confirmed.data.user.email,
  byLink: brief(byLink.error) ?? byLink.data.session.user.email,
  recovering: brief(recovering.error) ?? recovering.data.redirectType,
  newPassword: brief(newPassword.error),
  samePassword: brief(samePassword.error),
  amr: claims.amr.map((entry) => entry.method),
})

// Another browser opened the link: the code alone is worth nothing.
const eve = client('pkce')
await eve.auth.signInWithOtp({ email: 'eve@example.test' })
await ada.auth.signInWithOtp({ email })
const adasCode = await ask(email)
const stolen = await eve.auth.exchangeCodeForSession(adasCode)
const used = await ada.auth.exchangeCodeForSession(adasCode)
const again = await fetch(`${url}/auth/v1/token?grant_type=pkce`, {
  method: 'POST',
  headers: { apikey: publishableKey, 'content-type': 'application/json' },
  body: JSON.stringify({ auth_code: adasCode, code_verifier: 'x'.repeat(50) }),
})
say({ stolen: brief(stolen.error), used: brief(used.error), again: [again.status, (await again.json()).error_code] })

// Codes, links of the secret key, anonymous people
const admin = client('implicit', secretKey)
const made = {}
for (const [type, more] of [
  ['signup', { email: 'signup@example.test', password }],
  ['invite', { email: 'invite@example.test' }],
  ['magiclink', { email }],
  ['recovery', { email }],
  ['email_change_current', { email, newEmail: 'new@example.test' }],
  ['email_change_new', { email, newEmail: 'new@example.test' }],
]) {
  const { data, error } = await admin.auth.admin.generateLink({ type, ...more, options: { redirectTo: `${site}/made` } })
  made[type] = error ? brief(error) : { ...data.properties, id: data.user.id }
}
const opened = client('implicit')
const byHash = await opened.auth.verifyOtp({ type: 'invite', token_hash: made.invite.hashed_token })
const otp = await opened.auth.verifyOtp({ type: 'signup', email: 'signup@example.test', token: made.signup.email_otp })
const wrong = await opened.auth.verifyOtp({ type: 'email', email, token: '000000' })
const unknown = await admin.auth.admin.generateLink({ type: 'recovery', email: 'nobody@example.test' })
const first = await opened.auth.verifyOtp({ type: 'email_change', email, token: made.email_change_current.email_otp })
const second = await opened.auth.verifyOtp({
  type: 'email_change', email: 'new@example.test', token: made.email_change_new.email_otp,
})
const anonymous = client('implicit')
await anonymous.auth.signInAnonymously()
const wasAnonymous = (await me(anonymous)).is_anonymous
await anonymous.auth.updateUser({ email: 'lasting@example.test' })
const lasting = await anonymous.auth.verifyOtp({
  type: 'email_change', email: 'lasting@example.test', token: await ask('lasting@example.test'),
})
say({
  made,
  byHash: byHash.data.user?.email,
  otp: otp.data.user?.email,
  wrong: brief(wrong.error),
  unknown: brief(unknown.error),
  half: first.data.session,
  changed: second.data.user?.email,
  anonymous: [wasAnonymous, lasting.data.user?.is_anonymous],
})
process.exit(0)
