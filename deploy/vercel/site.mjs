// Completes a build for a static host: /config.json, and each page's Content-Security-Policy as a meta element.
// node site.mjs OUT, with API_URL, SUPABASE_URL (or API_EXTERNAL_URL) and SUPABASE_PUBLISHABLE_KEY in the environment.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const out = process.argv[2]
const { API_URL, SUPABASE_URL, API_EXTERNAL_URL, SUPABASE_PUBLISHABLE_KEY } = process.env
const supabase = (API_EXTERNAL_URL || SUPABASE_URL || '').replace(/\/+$/, '').replace(/\/auth\/v1$/, '')
const missing = Object.entries({ API_URL, SUPABASE_URL: supabase, SUPABASE_PUBLISHABLE_KEY }).filter(([, value]) => !value)
if (!out || missing.length) {
  console.error(`Set ${missing.map(([name]) => name).join(', ') || 'the folder of the build'}.`)
  process.exit(1)
}
if (SUPABASE_PUBLISHABLE_KEY.startsWith('sb_secret_')) {
  console.error('SUPABASE_PUBLISHABLE_KEY contains the secret key, which every visitor would see.')
  process.exit(1)
}
const api = API_URL.replace(/\/+$/, '')
const config = { apiUrl: api, supabaseUrl: supabase, supabaseKey: SUPABASE_PUBLISHABLE_KEY, mode: 'real', clockAheadSeconds: 0 }
writeFileSync(join(out, 'config.json'), JSON.stringify(config))

const connect = [api, supabase, supabase.replace(/^http/, 'ws')].join(' ')
const pages = readdirSync(out, { recursive: true }).filter((name) => name.endsWith('.html'))
for (const page of pages) {
  const html = readFileSync(join(out, page), 'utf8')
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map((found) => found[1])
  const hashes = new Set(
    inline.filter((text) => text.trim()).map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`),
  )
  const policy = [
    "default-src 'self'",
    ["script-src 'self'", ...[...hashes].sort()].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    "font-src 'self'",
    `connect-src 'self' ${connect}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`
  if (!html.includes('<head>')) throw new Error(`${page} has no head.`)
  writeFileSync(join(out, page), html.replace(/(<head>)(?:<meta http-equiv="Content-Security-Policy"[^>]*>)?/, `$1${meta}`))
}
console.log(`${pages.length} pages, and config.json for ${api}.`)
