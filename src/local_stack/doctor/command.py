"""`./arti doctor`: check everything that an operator can get wrong, and say what to do."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

from arti_core.errors import Misconfigured
from local_stack.data_directory import DataDirectory, find_data_directory
from local_stack.doctor.addresses import check_addresses
from local_stack.doctor.diagnosis import Diagnosis, ok, problem, skipped
from local_stack.doctor.external_services import check_mail, check_providers, check_services
from local_stack.doctor.machine import check_ports, check_processes, check_space, check_synchronisation, check_versions
from local_stack.doctor.stores import check_database, check_files, check_queue
from local_stack.environment import Environment, compose_environment, list_problems
from local_stack.run_state import running_pid
from local_stack.secrets import load_or_create_secrets

_MARKS = {"ok": "ok      ", "warning": "warning ", "problem": "PROBLEM ", "skipped": "-       "}


async def examine(folder: DataDirectory, *, mail_to: str = "") -> AsyncIterator[Diagnosis]:
    """Yield what is found, in the order in which it is put right."""
    folder.prepare()
    for finding in check_versions():
        yield finding
    try:
        environment = compose_environment(folder, load_or_create_secrets(folder.secrets))
    except Misconfigured as error:
        yield problem("settings", error.message, "Nothing else was checked.")
        return
    wrong = list_problems(environment)
    for sentence in wrong:
        yield problem("settings", sentence, "")
    if wrong:
        return
    mode = "production" if environment.settings().is_production else "local"
    yield ok("settings", f"They fit together, for the environment {mode}.")
    for finding in (
        *check_space(folder, environment),
        *check_synchronisation(),
        *check_ports(folder, environment),
        *check_processes(folder),
    ):
        yield finding
    async for found in _check_network(folder, environment, mail_to):
        yield found


async def _check_network(folder: DataDirectory, environment: Environment, mail_to: str) -> AsyncIterator[Diagnosis]:
    settings = environment.settings()
    runs = running_pid(folder) is not None
    parts = [check_addresses(settings), check_files(environment), check_mail(settings, mail_to)]
    parts.append(check_services(settings))
    if runs or environment.cluster is None:
        parts += [check_database(environment), check_providers(settings)]
    else:
        yield skipped("database", "ARTi does not run, and its own database with it.")
    if runs or not environment.own_valkey:
        parts.append(check_queue(environment))
    for part in parts:
        async for finding in part:
            yield finding


def run(*, mail_to: str) -> int:
    """Print what is found. Returns 1 when something is a problem."""

    async def main() -> Counter[str]:
        counts: Counter[str] = Counter()
        async for finding in examine(find_data_directory(), mail_to=mail_to):
            counts[finding.state] += 1
            print(f"{_MARKS[finding.state]}{finding.area:13} {finding.text}", flush=True)
            if finding.remedy:
                print(f"{'':22}{finding.remedy}", flush=True)
        return counts

    counts = asyncio.run(main())
    print(f"\nProblems: {counts['problem']}, warnings: {counts['warning']}, well: {counts['ok']}.")
    return 1 if counts["problem"] else 0
