"""`./arti up`: prepare, start the boxes, tell what runs where, stay until asked to stop."""

import asyncio
import os
import signal
import subprocess
import sys
import time

from arti.base.errors import ArtiError, Unavailable
from arti.stack import postgres
from arti.stack.boxes import SERVICES, STORES, WORK, list_boxes, list_externals, refuse_taken_ports
from arti.stack.environment import Environment, compose_environment
from arti.stack.folder import CHECKOUT, DataFolder
from arti.stack.progress import progress, say
from arti.stack.schema import bring_up_to_date
from arti.stack.secrets import keep_secrets
from arti.stack.state import (
    State,
    read_sign_in,
    read_state,
    running_pid,
    take_lock,
    write_sign_in,
    write_state,
)
from arti.stack.supervisor import Supervisor
from arti.stack.table import print_table
from arti.stack.webapp import build_web_app


def run_up(folder: DataFolder, *, demo: bool, build: bool = True) -> bool:
    """Start everything and stay in the foreground until Ctrl-C or `./arti down`. Returns True after an orderly end."""
    folder.prepare()
    started = time.monotonic()
    if demo and running_pid(folder):
        say("ARTi is already running; adding the demo org to it.")
        asyncio.run(_plant_demo(folder, compose_environment(folder, keep_secrets(folder.secrets))))
        return show_status(folder)
    with take_lock(folder):
        environment = compose_environment(folder, keep_secrets(folder.secrets))
        asyncio.run(_stay(folder, environment, demo=demo, build=build, started=started))
    return True


def run_detached(folder: DataFolder, *, demo: bool, build: bool = True, seconds: float = 900) -> bool:
    """Start `up` in the background and wait until each box is up or has failed. Returns whether all are up."""
    folder.prepare()
    if running_pid(folder) is not None:
        return run_up(folder, demo=demo, build=build)
    log = folder.log_of("up")
    words = ["up", *(["--demo"] if demo else []), *([] if build else ["--no-build"])]
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


def show_status(folder: DataFolder) -> bool:
    """Print the table of what runs. Returns whether every box is up."""
    state = read_state(folder)
    if state is None:
        say("ARTi is not running here. Start it with ./arti up.")
        return False
    print_table(state.boxes, read_sign_in(folder.sign_in))
    return all(box.state in ("up", "external") for box in state.boxes)


def _wait_until_ready(folder: DataFolder, process: "subprocess.Popen[bytes]", seconds: float) -> None:
    until = time.monotonic() + seconds
    told = 0
    while time.monotonic() < until:
        ended = process.poll()
        lines = folder.log_of("up").read_text(errors="replace").splitlines()
        state = read_state(folder)
        ready = state is not None and state.pid == process.pid and state.ready
        for line in [] if ready else lines[told:]:
            say(line)
        told = len(lines)
        if ready:
            return
        if ended is not None:
            raise SystemExit(ended or 1)
        time.sleep(0.1)
    raise Unavailable(f"ARTi did not come up within {seconds:.0f} s. See ./arti status and ./arti logs.")


async def _stay(folder: DataFolder, environment: Environment, *, demo: bool, build: bool, started: float) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    if environment.cluster is not None:
        with progress("making the database"):
            await asyncio.to_thread(postgres.make_cluster, environment.cluster)
    boxes = list_boxes(folder, environment)
    refuse_taken_ports(boxes, environment.values.get("ARTI_BIND", "127.0.0.1"))
    externals = list_externals(environment)

    def changed() -> None:
        ready = coming.done() and not coming.cancelled() and coming.exception() is None
        write_state(folder, State(os.getpid(), ready, [*supervisor.shown, *externals]))

    supervisor = Supervisor(boxes, changed)
    coming = asyncio.create_task(_come_up(folder, environment, supervisor, build=build, demo=demo))
    waiting = asyncio.create_task(asked.wait())
    try:
        await asyncio.wait({coming, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if coming.done():
            coming.result()
            changed()
            print_table([*supervisor.shown, *externals], read_sign_in(folder.sign_in))
            say(f"Ready in {time.monotonic() - started:.1f} s. Data: {folder.root}. Ctrl-C or ./arti down stops it.")
            await waiting
            say("Stopping.")
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        waiting.cancel()
        with progress("stopping the boxes"):
            await supervisor.stop()


async def _come_up(
    folder: DataFolder, environment: Environment, supervisor: Supervisor, *, build: bool, demo: bool
) -> None:
    building = asyncio.create_task(_build(folder)) if build else None
    try:
        with progress("starting the stores"):
            await supervisor.start([STORES])
        for box in supervisor.shown:
            if box.state not in ("up", "waiting"):
                raise Unavailable(f"{box.title} does not start: {box.note or box.state}. See ./arti logs {box.box}.")
        with progress("bringing the database up to date"):
            await bring_up_to_date(environment)
        if building is not None:
            await building
        with progress("starting the boxes"):
            await supervisor.start([SERVICES, WORK])
        if demo:
            await _plant_demo(folder, environment)
    finally:
        if building is not None:
            building.cancel()
            await asyncio.gather(building, return_exceptions=True)


async def _build(folder: DataFolder) -> None:
    try:
        if not await build_web_app(log=folder.log_of("build")):
            say("There is no web app in web/ yet; going on without it.")
    except ArtiError as error:
        say(f"arti: {error.message}")


async def _plant_demo(folder: DataFolder, environment: Environment) -> None:
    # Loaded here only: numpy would stay in the supervisor's memory for as long as the platform runs.
    from arti.stack.demo import plant
    from arti.stack.demo_story import PEOPLE

    password = keep_secrets(folder.secrets).demo_password
    try:
        with progress("making the demo org"):
            await plant(environment.settings(), password=password, say=lambda line: say(f"         {line}"))
    except ArtiError as error:
        say(f"arti: {error.message}")
        return
    write_sign_in(folder.sign_in, [f"{role:8} {email}   password {password}" for role, (email, _) in PEOPLE.items()])
