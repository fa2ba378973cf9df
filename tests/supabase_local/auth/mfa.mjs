// Drives auth.mfa.*, signInWithOAuth, linkIdentity and their kin of the unmodified supabase-js, and prints one JSON line.
// node factors.mjs <folder with node_modules> <url> <publishable key> <secret key>; ID tokens come by the environment.
import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'

const [, , folder, url, publishableKey, secretKey] = process.argv
const { createClient } = createRequire(`${folder}/package.json`)('@supabase/supabase-js')
const options = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false }
const client = (auth = {}) => createClient(url, publishableKey, { auth: { ...options, ...auth } })
const brief = (error) => error && { status: error.status, code: error.code }
const site = 'http://127.0.0.1:3000/'
const password = 'correct horse battery'

const codeOf = (secret) => {
  const bits = [...secret].map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', key).update(step).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

// As a browser would: one redirect after the other, up to a page of the site.
const open = async (place) => {
  while (!place.startsWith(site)) place = (await fetch(place, { redirect: 'manual' })).headers.get('location')
  return new URL(place)
}

const said = {}
const ada = client()
await ada.auth.signUp({ email: 'ada@example.test', password })
const level = async () => (await ada.auth.mfa.getAuthenticatorAssuranceLevel()).data
said.before = await level()
const enrolled = (await ada.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone' })).data
said.image = enrolled.totp.qr_code.slice(0, 31)
said.conflict = brief((await ada.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone' })).error)
const issued = (await ada.auth.mfa.challenge({ factorId: enrolled.id })).data
said.wrong = brief((await ada.auth.mfa.verify({ factorId: enrolled.id, challengeId: issued.id, code: '000000' })).error)
const verified = await ada.auth.mfa.verify({
  factorId: enrolled.id, challengeId: issued.id, code: codeOf(enrolled.totp.secret),
})
said.verified = verified.error ?? verified.data.token_type
said.after = await level()
said.factors = (await ada.auth.mfa.listFactors()).data.totp.map((factor) => [factor.friendly_name, factor.status])
const other = client()
await other.auth.signInWithPassword({ email: 'ada@example.test', password })
said.otherLevel = (await other.auth.mfa.getAuthenticatorAssuranceLevel()).data
said.unenrolAtLevel1 = brief((await other.auth.mfa.unenroll({ factorId: enrolled.id })).error)
const admin = createClient(url, secretKey, { auth: options }).auth.admin
const userId = verified.data.user.id
said.adminFactors = (await admin.mfa.listFactors({ userId })).data.factors.length
said.unenrolled = (await ada.auth.mfa.unenroll({ factorId: enrolled.id })).error
await ada.auth.refreshSession()
said.lowered = await level()

const bea = client({ flowType: 'pkce' })
const begun = await bea.auth.signInWithOAuth({
  provider: 'google', options: { redirectTo: `${site}done`, skipBrowserRedirect: true, scopes: 'calendar' },
})
const page = await open(begun.data.url)
const exchanged = await bea.auth.exchangeCodeForSession(page.searchParams.get('code'))
said.signedIn = exchanged.error ?? exchanged.data.user.email
said.providerToken = typeof exchanged.data.session.provider_token
const linking = await bea.auth.linkIdentity({ provider: 'spotify', options: { redirectTo: site, skipBrowserRedirect: true } })
await open(linking.data.url)
const identities = async () => (await bea.auth.getUserIdentities()).data.identities
said.linked = (await identities()).map((identity) => identity.provider).sort()
const unlinked = await bea.auth.unlinkIdentity((await identities()).find((identity) => identity.provider === 'spotify'))
said.unlinked = unlinked.error ?? (await identities()).map((identity) => identity.provider)
said.last = brief((await bea.auth.unlinkIdentity((await identities())[0])).error)

const app = client()
const byToken = await app.auth.signInWithIdToken({ provider: 'google', token: process.env.ID_TOKEN, nonce: 'from the app' })
said.byToken = byToken.error ?? byToken.data.user.email
said.sameAccount = byToken.data.user?.id === exchanged.data.user.id
const badToken = await client().auth.signInWithIdToken({ provider: 'google', token: `${process.env.ID_TOKEN}x` })
said.badToken = { status: badToken.error.status, message: badToken.error.message }
const added = await ada.auth.linkIdentity({ provider: 'google', token: process.env.OTHER_ID_TOKEN })
said.added = added.error ?? added.data.user.identities.map((identity) => identity.provider).sort()
console.log(JSON.stringify(said))
process.exit(0)
