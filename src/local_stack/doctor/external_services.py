"""What is used of others: mail, SMS, model, Supabase, n8n, and the providers with the apps of each org."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

from arti.connections.oauth_flow import CALLBACK_PATH
from arti.connections.provider_apps import find_sealed_app_of_job, open_app, open_client
from arti.providers.client import ProviderClient
from arti.providers.connectors import CONNECTORS
from arti.providers.errors import PlanBlocked, ProviderError, ReauthRequired, Transient
from arti.providers.oauth import AppCredentials, make_verifier
from arti.settings import Settings
from arti.vocabulary import PROVIDER_NAMES, Provider
from arti_core import mail
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.crypto import Vault
from arti_core.database import job_transaction, open_pool
from arti_core.errors import ArtiError
from arti_core.http_client import HttpResponse, OutboundClient
from local_stack.doctor.diagnosis import Diagnosis, ok, problem, skipped, warning

_SECONDS = 10.0


async def check_mail(settings: Settings, mail_to: str) -> AsyncIterator[Diagnosis]:
    """Yield whether the mail server takes our login, and a mail to `mail_to` if that is given."""
    url = settings.smtp_url.get_secret_value()
    if not url:
        remedy = "Set SMTP_URL and MAIL_FROM: invitations and passwords are mailed."
        yield warning("mail", "Mails stay in the local mailbox (./arti mail).", remedy)
        return
    if refusal := await mail.try_login(url, timeout_seconds=_SECONDS):
        yield problem("mail", refusal, "Check SMTP_URL: host, port, user, password.")
        return
    yield ok("mail", "The mail server takes our login.")
    if "localhost" in settings.mail_from:
        yield warning("mail", "MAIL_FROM is an address of localhost.", "Set it to one that your mail server may send.")
    if not mail_to:
        return
    composed = mail.compose(
        sender=settings.mail_from,
        recipient=mail_to,
        subject="ARTi can send mail",
        text="This is the mail of ./arti doctor.",
        html="<p>This is the mail of ./arti doctor.</p>",
        message_id=f"{uuid4()}@arti",
    )
    result = await mail.send(url, composed, timeout_seconds=_SECONDS)
    if result.state == "sent":
        yield ok("mail", f"A mail to {mail_to} was taken. See that it arrives, and not as spam.")
    else:
        yield problem("mail", result.error or "The mail was not taken.", "See your mail server's log.")


async def check_services(settings: Settings) -> AsyncIterator[Diagnosis]:
    """Yield whether each service that is set answers, and takes our credentials."""
    client = OutboundClient(allowed_hosts=settings.private_hosts())
    try:
        if settings.twilio_account_sid:
            sid, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
            url = f"{settings.twilio_base_url.rstrip('/')}/2010-04-01/Accounts/{sid}.json"
            yield await _ask(client, "SMS", "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", url, auth=(sid, token))
        if settings.openai_base_url:
            key = settings.openai_api_key.get_secret_value()
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            yield await _ask(
                client, "model", "OPENAI_BASE_URL and OPENAI_API_KEY", f"{settings.openai_base_url}/models", headers
            )
        if not settings.arti_own_gateway:
            headers = {"apikey": settings.supabase_publishable_key}
            name = "SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY"
            yield await _ask(client, "Supabase", name, f"{settings.supabase_url}/auth/v1/health", headers)
        if settings.n8n_url:
            yield await _ask(client, "n8n", "N8N_URL", f"{settings.n8n_url.rstrip('/')}/healthz")
    finally:
        await client.close()


async def check_providers(settings: Settings) -> AsyncIterator[Diagnosis]:
    """Yield whether each provider takes the app of each org; the simulators take one of their own."""
    client = OutboundClient(allowed_hosts=settings.private_hosts())
    apps = 0
    try:
        async for provider, app, owner in _list_apps(settings):
            apps += 1
            who = f"the {PROVIDER_NAMES[provider]} app of {owner}"
            yield await _try_app(provider, open_client(client, settings, provider, app), settings, who)
    finally:
        await client.close()
    if not apps:
        yield skipped("providers", "No org has an app of a provider yet: its admins add one on the Accounts page.")


async def _list_apps(settings: Settings) -> AsyncIterator[tuple[Provider, AppCredentials, str]]:
    vault = Vault(settings.master_keys())
    if settings.simulators_url:
        for provider in CONNECTORS:
            yield provider, open_app(settings, vault, uuid4(), provider, None), "the simulators"
        return
    dsn = settings.worker_database_url.get_secret_value()
    pool = await open_pool(dsn, size=1, claims_key=settings.claims_signing_key)
    try:
        async with cross_tenant_transaction(pool) as connection:
            orgs = [UUID(str(row[0])) for row in await connection.fetch("select private.all_org_ids()")]
        for org_id in orgs:
            async with job_transaction(pool, org_id) as connection:
                name = str(await connection.fetchval("select name from orgs where id = $1", org_id))
                found = {one: await find_sealed_app_of_job(connection, org_id, one) for one in CONNECTORS}
            for provider, sealed in found.items():
                if sealed is not None:
                    yield provider, open_app(settings, vault, org_id, provider, sealed), name
    finally:
        await pool.close()


async def _try_app(provider: Provider, client: ProviderClient, settings: Settings, who: str) -> Diagnosis:
    # A code that nobody was given: a provider that takes the app refuses the code, one that does not refuses the app.
    connector = CONNECTORS[provider]
    redirect_uri = settings.api_url + CALLBACK_PATH
    try:
        await connector.exchange(client, code="of-arti-doctor", verifier=make_verifier(), redirect_uri=redirect_uri)
    except PlanBlocked as error:
        remedy = "Its admins enter the client id and secret again, on the Accounts page."
        return problem("providers", f"{error.message} It is {who}.", remedy)
    except Transient as error:
        return warning("providers", error.message, "Let this machine reach the provider, or try again later.")
    except ReauthRequired:
        if provider is Provider.INSTAGRAM:  # looks at the code before it looks at the app
            return skipped("providers", f"Only a connected account shows whether {who} works.")
        return ok("providers", f"The provider knows {who}.")
    except ProviderError as error:
        return skipped("providers", f"Only a sync shows whether {who} works: {error.message}")
    return ok("providers", f"The provider knows {who}.")


async def _ask(
    client: OutboundClient,
    area: str,
    setting: str,
    url: str,
    headers: dict[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> Diagnosis:
    try:
        answer: HttpResponse = await client.call("GET", url, headers=headers, auth=auth, timeout_seconds=_SECONDS)
    except ArtiError as error:
        return problem(area, error.message, f"Check {setting}.")
    if answer.status in (401, 403):
        return problem(area, f"It refuses our credentials ({answer.status}).", f"Check {setting}.")
    if answer.status >= 400:
        return problem(area, f"It answers {answer.status}.", f"Check {setting}.")
    return ok(area, "It answers, and takes our credentials." if headers or auth else "It answers.")
