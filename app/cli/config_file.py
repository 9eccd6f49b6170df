"""`llmops.yaml`, found, read and checked."""

from dataclasses import dataclass
from pathlib import Path

from app.cli import yaml_places
from app.cli.config_schema import Config
from app.embedded.errors import Misconfigured

FILE = "llmops.yaml"


@dataclass(frozen=True, kw_only=True)
class Project:
    """A checked `llmops.yaml` and the folder its paths start from; empty where there is none."""

    folder: Path
    file: Path | None
    config: Config

    def golden_of(self, prompt: str) -> list[Path]:
        given = self.config.golden.get(prompt, [])
        names = [given] if isinstance(given, str) else given
        return [self.folder / name for name in names]


def load(file: Path | None = None) -> Project:
    """The file named, else `llmops.yaml` of this folder, else nothing; raises Misconfigured."""
    wanted = file or Path(FILE)
    if not wanted.is_file():
        if file is not None:
            raise Misconfigured(f"There is no file {file}; `llmops init` writes one.")
        return Project(folder=Path(), file=None, config=Config())
    return Project(folder=wanted.parent, file=wanted, config=parse(text_of(wanted), str(wanted)))


def parse(text: str, name: str) -> Config:
    document = yaml_places.read(text, name)
    config = yaml_places.checked(Config, document)
    strangers = [prompt for prompt in config.golden if prompt not in config.prompts]
    if strangers and config.prompts:
        sentence = yaml_places.unknown(strangers[0], list(config.prompts))
        raise Misconfigured(document.problem(("golden", strangers[0]), sentence, at_key=True))
    return config


def text_of(file: Path) -> str:
    """The file's text, with plain line ends; raises Misconfigured for what is none."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Misconfigured(f"{file} is not UTF-8 text.") from None
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}.") from None
