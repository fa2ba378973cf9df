import type { Config } from "@/lib/config";

type EarlyAnswer = { headers: Record<string, string>; response: Promise<Response> };

declare global {
  interface Window {
    artiEarly?: { at: number; config?: Promise<Config>; answers?: Record<string, EarlyAnswer> };
  }
}

/** What the home page asks for first, as `useMe`, `useHome` and `useRoster` write it. */
export const EARLY_ON_HOME = ["/api/home", "/api/home/artists?days=28&sort=name&page=1"];
/** An answer that nobody took within this time is asked for anew. */
const LONGEST_MS = 10_000;

/**
 * Runs before the scripts of the page are loaded, and asks meanwhile for what its first view waits for: the settings,
 * and of whoever is signed in the session and, on the home page, its stories and roster.
 */
export const EARLY_SCRIPT = `(function(){
var e=window.artiEarly={at:Date.now()},d=document.documentElement,l=location,s,t,o;
e.config=fetch("/config.json",{cache:"no-store"}).then(function(r){return r.ok?r.json():Promise.reject(new Error("/config.json answered "+r.status))});
e.config.then(function(c){
if(/^[/](sign-in|invitation|subscription|upload|welcome)[/]/.test(l.pathname))return;
s=JSON.parse(localStorage.getItem("arti-auth"));t=s.access_token;o=localStorage.getItem("arti-org");
if(s.expires_at*1000-Date.now()-(c.clockAheadSeconds||0)*1000<6e4)return;
if(((s.user||{}).factors||[]).some(function(f){return f.status==="verified"})&&!/"aal":"aal2"/.test(atob(t.split(".")[1].replace(/-/g,"+").replace(/_/g,"/"))))return;
var h={authorization:"Bearer "+t,"accept-language":d.lang};if(o)h["x-arti-org"]=o;
e.answers={};
["/auth/me"].concat(o&&l.pathname==="/"&&!l.search&&!l.hash?${JSON.stringify(EARLY_ON_HOME)}:[]).forEach(function(p){
var a=fetch(c.apiUrl+p,{headers:h});a.catch(function(){});e.answers[c.apiUrl+p]={headers:h,response:a}})
}).catch(function(){})})()`.replaceAll("\n", "");

/** Return the settings that EARLY_SCRIPT asked for, once. */
export function takeEarlyConfig(): Promise<Config> | undefined {
  const config = typeof window === "undefined" ? undefined : window.artiEarly?.config;
  if (config) delete window.artiEarly?.config;
  return config;
}

/** Send a request, or take the answer to the same one that EARLY_SCRIPT sent. */
export function fetchOrTakeEarly(request: Request): Promise<Response> {
  const early = window.artiEarly;
  const answer = early?.answers?.[request.url];
  if (!early || !answer || request.method !== "GET") return fetch(request);
  delete early.answers?.[request.url];
  const isSame = Object.entries(answer.headers).every(([name, value]) => request.headers.get(name) === value);
  const isYoung = Date.now() - early.at < LONGEST_MS;
  return isSame && isYoung ? answer.response.catch(() => fetch(request)) : fetch(request);
}
