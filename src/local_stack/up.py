"""`./arti up`: prepare, start the services, print where they are, stay until stopped."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO

from arti_core import clock
from arti_core.errors import ArtiError, Conflict, Misconfigured, Unavailable
from local_stack import postgres
from local_stack.caddy import caddy_service
from local_stack.data_directory import CHECKOUT, DataDirectory
from local_stack.database_setup import migrate_database
from local_stack.demo.clock import describe_date, mark_folder, parse_instant
from local_stack.environment import Environment, load_environment
from local_stack.n8n.installation import ensure_api_key, load_or_create_n8n_secrets, prepare_n8n_database
from local_stack.n8n.service import n8n_service, switch_n8n
from local_stack.processes.selection import ServiceSelection
from local_stack.run_state import State, acquire_lock, read_sign_in, read_state, running_pid, write_sign_in, write_state
from local_stack.secrets import load_or_create_secrets
from local_stack.services import SERVICES, STORES, WORK, list_external_services, list_services, refuse_taken_ports
from local_stack.supervision.supervisor import Supervisor
from local_stack.terminal import print_status, print_table, progress
from local_stack.updates.handover import (
    POSSIBLE,
    SIGNAL,
    STOPPED,
    Handover,
    HandoverRequest,
    receive_handover,
    replace_program,
)
from local_stack.web.build import build_web_app, has_web_app

_USUAL = ServiceSelection()


def run_up(
    folder: DataDirectory,
    *,
    demo: bool,
    at: str | None = None,
    build: bool = True,
    selection: ServiceSelection = _USUAL,
) -> bool:
    """Start everything and stay in the foreground until Ctrl-C or `./arti down`. Returns True after an orderly end.

    `at` moves the clock of a demo: a day or an instant, ISO.
    """
    _refuse_moved_process()
    instant = None if at is None else parse_instant(at)
    folder.prepare()
    started = time.monotonic()
    handover = receive_handover()
    if handover is None and running_pid(folder) and instant is not None:
        raise Conflict("The clock cannot be moved while ARTi runs. Stop it with ./arti down, then start it again.")
    if demo and handover is None and running_pid(folder):
        print_status("ARTi is already running; adding the demo org to it.")
        asyncio.run(_seed_demo(folder, load_environment(folder)))
        return show_status(folder)
    with acquire_lock(folder) if handover is None else handover.lock as lock:
        if instant is not None:
            mark_folder(folder, instant)
        switch_n8n(folder, enabled=selection.with_n8n)
        environment = load_environment(folder)
        run = _Run(folder, environment, selection, lock, handover, demo=demo, build=build, started=started)
        asyncio.run(_run_until_stopped(run))
    return True


def run_detached(
    folder: DataDirectory,
    *,
    demo: bool,
    at: str | None = None,
    build: bool = True,
    selection: ServiceSelection = _USUAL,
    seconds: float = 900,
) -> bool:
    """Start `up` in the background and wait until each service is up or has failed. Returns whether all are well."""
    _refuse_moved_process()
    folder.prepare()
    if running_pid(folder) is not None:
        return run_up(folder, demo=demo, at=at, build=build, selection=selection)
    log = folder.log_path("up")
    words = ["up", *(["--demo"] if demo else []), *(["--at", at] if at else []), *([] if build else ["--no-build"])]
    words += selection.words()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "arti", *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=CHECKOUT,
        )
    _wait_until_ready(folder, process, seconds)
    return show_status(folder)


def show_status(folder: DataDirectory) -> bool:
    """Print the table of services. Returns whether every service is up and none has a problem."""
    state = read_state(folder)
    if state is None:
        print_status("ARTi is not running here. Start it with ./arti up.")
        return False
    print_table(state.services, read_sign_in(folder.sign_in), describe_date(folder))
    # Loaded here only: an HTTP client would stay in the supervisor's memory for as long as the platform runs.
    from local_stack.supervision.api_health import list_unwell_parts

    api = next((service.url for service in state.services if service.service == "api"), "")
    if unwell := asyncio.run(list_unwell_parts(api)):
        print_status(f"Not well: {', '.join(unwell)}. The page Status of the app says why.")
    return all(service.is_well for service in state.services)


def _refuse_moved_process() -> None:
    if clock.ENVIRONMENT_VARIABLE in os.environ:
        raise Misconfigured(f"Unset {clock.ENVIRONMENT_VARIABLE}: ./arti up --at INSTANT moves the clock of a demo.")


def _wait_until_ready(folder: DataDirectory, process: "subprocess.Popen[bytes]", seconds: float) -> None:
    until = time.monotonic() + seconds
    printed = 0
    while time.monotonic() < until:
        ended = process.poll()
        lines = folder.log_path("up").read_text(errors="replace").splitlines()
        state = read_state(folder)
        ready = state is not None and state.pid == process.pid and state.ready
        for line in [] if ready else lines[printed:]:
            print_status(line)
        printed = len(lines)
        if ready:
            return
        if ended is not None:
            raise SystemExit(ended or 1)
        time.sleep(0.1)
    raise Unavailable(f"ARTi did not come up within {seconds:.0f} s. See ./arti status and ./arti logs.")


@dataclass(frozen=True, slots=True)
class _Run:
    """What one `./arti up` was started with. `lock` is that of the data folder, `started` a monotonic time."""

    folder: DataDirectory
    environment: Environment
    selection: ServiceSelection
    lock: IO[str]
    handover: Handover | None
    demo: bool
    build: bool
    started: float


async def _run_until_stopped(run: _Run) -> None:
    folder, environment, selection = run.folder, run.environment, run.selection
    stop_requested, update = asyncio.Event(), HandoverRequest()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop_requested.set)
    asyncio.get_running_loop().add_signal_handler(SIGNAL, update.handle_signal)
    if environment.cluster is not None:
        with progress("making the database"):
            await asyncio.to_thread(postgres.init_cluster, environment.cluster)
    services = list_services(folder, environment, selection)
    if selection.with_n8n:
        services.append(n8n_service(folder, environment))
    if selection.with_caddy:
        services.append(caddy_service(folder, environment, services))
    inherited = await run.handover.keep(services) if run.handover is not None else {}
    started_here = [service for service in services if service.name not in inherited]
    refuse_taken_ports(started_here, environment.values.get("ARTI_BIND", "127.0.0.1"))
    externals = list_external_services(environment)

    def changed() -> None:
        ready = startup.done() and not startup.cancelled() and startup.exception() is None
        going = update.requested.is_set()
        rows = [*supervisor.statuses, *externals]
        write_state(folder, State(os.getpid(), ready and not going, rows, "" if going else POSSIBLE))

    supervisor = Supervisor(services, changed, inherited)
    startup = asyncio.create_task(_start_all(run, supervisor))
    stopping = asyncio.create_task(stop_requested.wait())
    updating = asyncio.create_task(update.requested.wait())
    try:
        await asyncio.wait({startup, stopping, updating}, return_when=asyncio.FIRST_COMPLETED)
        if startup.done():
            startup.result()
            changed()
            print_table([*supervisor.statuses, *externals], read_sign_in(folder.sign_in), describe_date(folder))
            seconds = time.monotonic() - run.started
            ready = "Ready" if all(service.is_well for service in supervisor.statuses) else "Not all is well; started"
            print_status(f"{ready} in {seconds:.1f} s. Data: {folder.root}. Ctrl-C or ./arti down stops it.")
            await asyncio.wait({stopping, updating}, return_when=asyncio.FIRST_COMPLETED)
        print_status("Stopping." if stop_requested.is_set() else "Stopping for an update.")
    finally:
        startup.cancel()
        await asyncio.gather(startup, return_exceptions=True)
        stopping.cancel()
        updating.cancel()
        with progress("stopping the services"):
            if update.requested.is_set() and not stop_requested.is_set():
                processes = await supervisor.release()
                write_state(folder, State(os.getpid(), False, [*supervisor.statuses, *externals], STOPPED))
                await update.wait_for_code(folder, stop_requested)
                words = [*([] if run.build else ["--no-build"]), *selection.words()]
                if not stop_requested.is_set():
                    replace_program(run.lock, processes, services, words)
                await Handover(run.lock, processes).keep([])
            await supervisor.stop()


async def _start_all(run: _Run, supervisor: Supervisor) -> None:
    folder, environment = run.folder, run.environment
    building = asyncio.create_task(_build(folder)) if run.build else None
    try:
        with progress("starting the stores"):
            await supervisor.start([STORES])
        for service in supervisor.statuses:
            if service.state not in ("up", "waiting"):
                raise Unavailable(
                    f"{service.title} does not start: {service.note or service.state}. "
                    f"See ./arti logs {service.service}."
                )
        if run.handover is None:  # else ./arti update has migrated, and the version before serves this schema too
            with progress("bringing the database up to date"):
                await migrate_database(environment)
        if environment.own_n8n:
            await prepare_n8n_database(environment, load_or_create_n8n_secrets(folder).database_password)
        problem = await building if building is not None else ""
        with progress("starting the services"):
            await supervisor.start([SERVICES, WORK])
        if problem:
            supervisor.report_problem("web", problem)
        if environment.own_n8n:
            await _connect_n8n(folder, environment, supervisor)
        if run.demo:
            await _seed_demo(folder, environment)
    finally:
        if building is not None:
            building.cancel()
            await asyncio.gather(building, return_exceptions=True)


async def _connect_n8n(folder: DataDirectory, environment: Environment, supervisor: Supervisor) -> None:
    try:
        with progress("connecting n8n"):
            await ensure_api_key(folder, environment.values["N8N_URL"])
    except Unavailable as error:
        supervisor.report_problem("n8n", f"{error.message} See ./arti logs n8n, then start again.")


async def _build(folder: DataDirectory) -> str:
    """Build the web app. Returns why it could not be built, and what is served instead; empty when it was."""
    try:
        if not await build_web_app(log=folder.log_path("build")):
            print_status("There is no web app in web/; starting without it.")
    except ArtiError as error:
        print_status(f"arti: {error.message}")
        instead = "The pages of the build before are served." if has_web_app() else "No page is served."
        return f"{error.message} {instead} See ./arti logs build."
    return ""


async def _seed_demo(folder: DataDirectory, environment: Environment) -> None:
    # Loaded here only: numpy would stay in the supervisor's memory for as long as the platform runs.
    from local_stack.demo.roster import DEMO_USERS
    from local_stack.demo.seed import seed_demo

    password = load_or_create_secrets(folder.secrets).demo_password
    try:
        with progress("seeding the demo org"):
            await seed_demo(
                environment.settings(), password=password, print_status=lambda line: print_status(f"         {line}")
            )
    except ArtiError as error:
        print_status(f"arti: {error.message}")
        return
    write_sign_in(
        folder.sign_in, [f"{person:13} {email}   password {password}" for person, (email, _) in DEMO_USERS.items()]
    )
