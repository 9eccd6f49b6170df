"""The compose file beside the code it starts: names, queues, paths and promises fit together.

No container engine is needed, and none is asked: this reads.
"""

import importlib
import re

import pytest
import yaml

from app.core.celery_app import QUEUE_OF, QueueName
from app.main import create_app
from scripts.generate_docs import ROOT
from scripts.make_secrets import contents
from scripts.reference.settings import settings
from tests.deploy.files import compose, own_services, services, words

OWN = sorted(own_services())
ALL = sorted(services())
SERVING = ("api", "worker", "worker-shards", "control")
# what compose decides itself, and why nobody sets it
FIXED = {
    "environment": "it is production",
    "data_dir": "the embedded servers' folder, and there are none",
    "database_owner_url": "for the migrations alone: whoever has it may change the schema",
}
# names that mean something to an image, to Celery's start or to the job that makes the roles
OTHERS = re.compile(r"POSTGRES_\w+|REMAP_SIGTERM|DATABASE_ADMIN_URL_FILE")


def test_every_part_of_the_platform_has_a_service():
    """Database, queue, migrations, API, workers, sweeper, beat, and the view of the queue."""
    assert {
        "postgres", "valkey", "migrate", "api", "worker", "worker-shards", "control", "beat", "flower"
    } == set(ALL)  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_every_variable_is_one_that_somebody_reads(name):
    """A misspelt variable would be ignored in silence."""
    known = {variable for setting in settings() for variable in setting.names}
    files = {f"{variable}_FILE" for variable in known}
    given = services()[name].get("environment", {})

    assert [] == [n for n in given if n not in known | files and not OTHERS.fullmatch(n)]


def can_be_set(service: str, names: list[str]) -> bool:
    """Passed on from `.env`, with a default of compose's or without, or a file's content."""
    given = services()[service]["environment"]
    return any(
        (name in given and (given[name] is None or str(given[name]).startswith(f"${{{name}:-")))
        or f"{name}_FILE" in given
        for name in names
    )


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.name)
def test_every_setting_reaches_the_containers(setting):
    """What an operator writes into `.env` or a secret is in force in the API and the workers."""
    reached = {service for service in SERVING if can_be_set(service, setting.names)}
    workers = set(SERVING) - {"api"}

    if setting.name == "database_pool_size":  # of a worker each child has its own pool
        assert {"api"} == reached
        assert {5} == {services()[name]["environment"][setting.names[0]] for name in workers}
    else:
        assert (set() if setting.name in FIXED else set(SERVING)) == reached


@pytest.mark.parametrize("name", ["LLMOPS_LOG_LEVEL", "LLMOPS_LOG_JSON", "LLMOPS_SWEEP_SECONDS"])
def test_beat_is_told_what_it_reads(name):
    """How it logs, and how often it asks for a sweep."""
    assert can_be_set("beat", [name])


@pytest.mark.parametrize("name", ALL)
def test_every_secret_is_mounted_declared_and_made(name):
    """What a variable points at is there, and nothing is mounted that nobody reads."""
    service = services()[name]
    told = f"{service.get('environment')} {service['command']} {service.get('healthcheck')}"
    read = set(re.findall(r"/run/secrets/(\w+)", told))

    assert read == set(service.get("secrets", []))
    assert read <= set(compose()["secrets"])


def test_every_declared_secret_is_one_the_script_makes():
    """`make_secrets` writes the files that compose mounts, and no others."""
    files = {found["file"] for found in compose()["secrets"].values()}

    assert {f"deploy/secrets/{name}" for name in contents() if name != ".gitignore"} == files
    assert {name: f"deploy/secrets/{name}" for name in compose()["secrets"]} == {
        name: found["file"] for name, found in compose()["secrets"].items()
    }


def test_no_secret_is_spelled_out():
    """Passwords and keys come from files; the text itself holds none."""
    text = (ROOT / "docker-compose.prod.yml").read_text(encoding="utf-8")

    assert [] == re.findall(r"://[^/\s:@]*:[^/\s@]+@", text)
    assert [] == re.findall(r"^ *\w*(?:PASSWORD|SECRET|KEY|TOKEN): *\S+", text, re.MULTILINE)


def queues_of(command: list[str]) -> list[str]:
    return command[command.index("-Q") + 1].split(",") if "-Q" in command else []


def test_the_workers_together_consume_every_queue():
    """A queue without a worker is a promise nobody keeps; a worker without a queue waits for ever."""
    consumed = [queue for service in own_services().values() for queue in queues_of(words(service))]

    assert sorted(queue.value for queue in QueueName) == sorted(consumed)
    assert set(QUEUE_OF.values()) == set(QueueName)


def test_the_sweeper_has_a_worker_of_its_own():
    """Behind a thousand shards it would be none."""
    assert [QueueName.control.value] == queues_of(words(services()["control"]))


@pytest.mark.parametrize("name", OWN)
def test_every_module_a_command_names_is_there(name):
    """`uvicorn app.main:app`, `celery -A app.core.celery_app`, `python -m scripts.…`."""
    spelled = " ".join(words(services()[name]))
    found = re.findall(r"\b((?:app|scripts)(?:\.\w+)+)(?::(\w+))?", spelled)

    for module, attribute in found:
        assert hasattr(importlib.import_module(module), attribute or "__name__")
    assert found


def test_the_health_endpoint_is_a_route():
    """The image asks a path that the application answers."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    asked = re.findall(r"127\.0\.0\.1:8000(/\w+)", dockerfile)

    assert ["/healthz"] == asked
    assert set(asked) <= set(create_app().openapi()["paths"])


@pytest.mark.parametrize("name", ALL)
def test_nobody_has_more_rights_than_needed(name):
    """Read-only, no capabilities, no new ones, not root, and a bounded log."""
    service = services()[name]

    assert service["read_only"] is True
    assert ["ALL"] == service["cap_drop"]
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert name in OWN or service["user"].split(":")[0] not in {"0", "root"}
    assert "max-size" in service["logging"]["options"]


@pytest.mark.parametrize("name", ALL)
def test_everybody_who_stays_is_watched_and_restarted(name):
    """A job ends, the rest has a health check and comes back; the image brings the API's."""
    service = services()[name]
    is_job = service["restart"] == "no"

    assert (name == "migrate") == is_job
    assert is_job or service["restart"] == "unless-stopped"
    assert is_job or name == "api" or "test" in service["healthcheck"]


def test_only_the_api_is_published_and_only_on_this_machine():
    """Flower appears when its profile is asked for, and on loopback as well."""
    published = {
        name: service["ports"] for name, service in services().items() if "ports" in service
    }

    assert {"api", "flower"} == set(published)
    assert ["observability"] == services()["flower"]["profiles"]
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert compose()["networks"]["inside"]["internal"] is True
    assert ["inside"] == services()["postgres"]["networks"] == services()["valkey"]["networks"]


@pytest.mark.parametrize("name", ["worker", "worker-shards", "control"])
def test_a_worker_is_stopped_softly(name):
    """SIGTERM becomes the soft shutdown, and there is time for it."""
    service = services()[name]

    assert "SIGQUIT" == service["environment"]["REMAP_SIGTERM"]
    assert "45s" == service["stop_grace_period"]


@pytest.mark.parametrize("name", sorted({*OWN} - {"migrate"}))
def test_nobody_starts_before_the_schema_is_there(name):
    """Migrations first, and the queue has to answer."""
    waits = {other: found["condition"] for other, found in services()[name]["depends_on"].items()}

    assert {
        "migrate": "service_completed_successfully",
        "valkey": "service_healthy",
    } == waits
    assert "service_healthy" == services()["migrate"]["depends_on"]["postgres"]["condition"]


def test_only_the_migrations_may_change_the_schema():
    """Neither the superuser's nor the owner's password reaches a process that serves requests."""
    strong = {"database_admin_url", "database_owner_url", "postgres_password"}
    holders = {n for n, s in services().items() if strong & set(s.get("secrets", []))}

    assert {"migrate", "postgres"} == holders


def test_the_queue_keeps_what_it_has():
    """Nothing is evicted, and a restart brings the jobs back."""
    command = words(services()["valkey"])

    assert "noeviction" == command[command.index("--maxmemory-policy") + 1]
    assert "yes" == command[command.index("--appendonly") + 1]


@pytest.mark.parametrize("name", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=str)
def test_ci_runs_the_targets_people_run(name):
    """What passes at home passes there, and the job may only read."""
    workflow = yaml.safe_load(name.read_text(encoding="utf-8"))
    commands = [
        step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step
    ]

    assert {"contents": "read"} == workflow["permissions"]
    assert {"make check", "make test"} <= set(commands)
    assert all(command.startswith("make ") for command in commands)
