"""The container files, by what must hold of them: neither a builder nor a registry can be had in the tests."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml

from crawler.commands.main import make_parser
from tests.conftest import ROOT
from tests.deploy.containerfile import inherited, stages, words
from tests.deploy.scrapyd import DOCS
from tests.test_project import PACKAGES, PROJECT
from tests.test_readme import blocks

ARGUMENTS, STAGES = stages()
IMAGES = ("genbun", "scrapyd")
OURS = ("worker", "scrapyd", "reader")  # built from this checkout; Redis is not
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_every_stage_begins_with_one_before_it_or_the_pinned_base() -> None:
    seen: set[str] = set()
    for name, stage in STAGES.items():
        assert stage.base == "${BASE}" or stage.base in seen, name
        for value in stage.all("COPY"):
            if origin := re.match(r"--from=(\S+)", value):
                assert origin[1] in seen, value
        seen.add(name)
    assert re.fullmatch(r"docker\.io/library/\w+(:[\w.-]+|@sha256:[0-9a-f]{64})", ARGUMENTS["BASE"])
    assert not ARGUMENTS["BASE"].endswith(":latest")
    assert list(STAGES)[-1] == "genbun", "what is built without --target"


@pytest.mark.parametrize("image", IMAGES)
def test_it_runs_as_a_user_without_rights(image: str) -> None:
    user, group = inherited(image, "USER").split(":")
    assert int(user) >= 10000
    assert int(group) >= 10000
    assert STAGES[image].instructions[-1].name in ("ENTRYPOINT", "CMD")
    assert not STAGES[image].all("RUN"), "what runs here may run as root, and stays in the image"


@pytest.mark.parametrize("image", IMAGES)
def test_its_command_is_in_it(image: str) -> None:
    (program,) = words(inherited(image, "ENTRYPOINT"))
    copied = [value.split() for value in STAGES[image].all("COPY") if value.endswith(f"bin/{program}")]
    if copied:
        assert (ROOT / copied[0][0]).stat().st_mode & 0o111, f"{copied[0][0]} is not executable"
    else:
        assert program in PROJECT["scripts"]
    path = re.search(r"PATH=(\S+)", inherited(image, "ENV"))
    (environment,) = (value.split()[-1] for value in STAGES[image].all("COPY") if value.startswith("--from="))
    assert path is not None
    assert path[1].split(":")[0] == f"{environment}/bin"


def test_everything_that_is_copied_is_there() -> None:
    copied = [path for stage in STAGES.values() for path in stage.copied()]
    assert set(PACKAGES) <= set(copied)
    for path in copied:
        assert (ROOT / path).exists(), path


def test_nothing_comes_in_that_is_not_pinned_and_nothing_is_secret() -> None:
    for stage in STAGES.values():
        assert not stage.all("ADD")
        assert not stage.all("ARG"), "an argument stays readable in the image"
        for name, value in stage.instructions:
            addresses = re.findall(r"https?://([^/'\" ]+)", value)
            assert not [host for host in addresses if not host.startswith("127.0.0.1:")], f"{name} {value}"
            assert not re.search(r"password|secret|token|index-url|find-links|trusted-host", value, re.IGNORECASE)
        for command in (part for value in stage.all("RUN") for part in value.split("&&")):
            if " install " in command and "/pip " in command:
                assert "--require-hashes" in command or "--no-deps /wheel/" in command, command
    assert set(ARGUMENTS) == {"BASE"}


def test_the_compose_file_is_one() -> None:
    assert set(COMPOSE) <= {"name", "services", "volumes", "x-least-rights"}
    assert set(SERVICES) == {*OURS, "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_least_rights(name: str) -> None:
    service = SERVICES[name]
    if name in OURS:
        assert service["user"] == inherited(service["build"]["target"], "USER")
    assert int(service["user"].split(":")[0]) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & set(service)
    assert {"mem_limit", "pids_limit", "stop_grace_period"} <= set(service)
    for port in service.get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), f"{port} is open to others"
        exposed = " ".join(STAGES[service["build"]["target"]].all("EXPOSE")).split()
        assert port.rpartition(":")[2] in exposed
    for value in service["environment"].values():
        assert value.startswith("${"), "given from outside, never written here"


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_built_from_this_checkout_and_its_folders_are_its_users(name: str) -> None:
    service = SERVICES[name]
    build = service["build"]
    context = (ROOT / "deploy" / build["context"]).resolve()
    assert context == ROOT
    assert (context / build["dockerfile"]).exists()
    assert build["target"] in STAGES
    (made,) = (value for value in STAGES["base"].all("RUN") if "install --directory" in value)
    for volume in service["volumes"]:
        called, path, *_ = volume.split(":")
        assert called in COMPOSE["volumes"]
        assert path in made.split(), f"{path} would belong to root"


def test_redis_is_reached_by_workers_alone_and_keeps_what_it_was_told() -> None:
    redis = SERVICES["redis"]
    assert "ports" not in redis
    assert re.fullmatch(r"docker\.io/library/redis:\d+-\w+", redis["image"])
    assert {"--appendonly", "noeviction"} <= set(redis["command"])
    assert redis["volumes"] == ["redis:/data"]


def test_the_reader_may_not_write_and_its_command_is_one() -> None:
    reader = SERVICES["reader"]
    assert all(volume.endswith(":ro") for volume in reader["volumes"])
    given = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word) for word in reader["command"]]
    arguments = make_parser().parse_args(given)
    assert arguments.run
    assert f"127.0.0.1:{arguments.port}:{arguments.port}" in reader["ports"]


def test_the_documented_commands_are_commands() -> None:
    lines = [line for code in blocks(DOCS, "console") for line in code.replace("\\\n", "").splitlines()]
    lines = [line for line in lines if " worker " in line]
    assert lines
    for line in lines:
        given = shlex.split(line)
        assert make_parser().parse_args(given[given.index("worker") + 1 :]).run
