"""Downloads packages of another suite with an apt of its own; the machine's apt is only read.

State, cache and sources live in a folder of ours. Proxies and keys stay the machine's own: its
configuration is read first, then ours, which clears the hooks that other packages hang into apt.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from integration.servers.errors import InstallError
from integration.servers.sources import Source

CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear APT::Default-Release;
Dir::Etc::sourcelist "{folder}/apt.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
APT::Keep-Downloaded-Packages "true";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
"""

PRETENDED_STATUS = """\
Package: perl
Status: install ok installed
Version: 999
Architecture: {architecture}
Multi-Arch: allowed
Maintainer: nobody
Description: needed by scripts beside the server, which are not run
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateApt:
    """An apt whose files all live in `folder`, over one source and one suite."""

    folder: Path
    source: Source
    suite: str

    def download(self, package: str) -> list[Path]:
        """Fetch a package and all it depends on; returns the archives.

        Raises:
            InstallError: apt failed; the message has its own last lines.
        """
        self._prepare()
        self._run("update")
        self._run("install", "--yes", "--download-only", package)
        return sorted((self.folder / "cache/archives").glob("*.deb"))

    def _prepare(self) -> None:
        architecture = run("dpkg", "--print-architecture", what="apt").strip()
        for place in ("state/lists/partial", "cache/archives/partial"):
            (self.folder / place).mkdir(parents=True)
        for name, text in (
            ("apt.conf", CONFIGURATION.format(folder=self.folder)),
            ("apt.sources", self.source.for_suite(self.suite, architecture=architecture)),
            ("status", PRETENDED_STATUS.format(architecture=architecture)),
        ):
            (self.folder / name).write_text(text, encoding="utf-8")

    def _run(self, *arguments: str) -> None:
        run("apt-get", f"--config-file={self.folder}/apt.conf", "--quiet", *arguments, what="MySQL")


def run(*command: str, what: str, environment: dict[str, str] | None = None) -> str:
    """The output of a command that must succeed.

    Raises:
        InstallError: it is missing or failed; the message has its last 20 lines.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - commands of this package alone
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            check=True,
        )
    except OSError as error:
        raise InstallError(what=what, why=str(error), advice="Is this a Debian system?") from error
    except subprocess.CalledProcessError as error:
        why = f"`{' '.join(command)}` ended with status {error.returncode}"
        raise InstallError(what=what, why=why, advice=_last_lines(error.output)) from error
    return answer.stdout


def _last_lines(output: str) -> str:
    return "\n".join(f"  {line}" for line in output.splitlines()[-20:])
