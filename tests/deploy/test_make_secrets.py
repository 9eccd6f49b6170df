"""The secrets of a compose start: made once, fitting together, never made anew."""

import stat

import pytest
from sqlalchemy import make_url

from scripts.make_secrets import TO_FILL, contents, main, make


def test_the_passwords_fit_together(tmp_path):
    """The superuser's and the queue's stand in two files each."""
    make(tmp_path)

    def read(name: str) -> str:
        return (tmp_path / name).read_text(encoding="utf-8")

    assert read("postgres_password") == make_url(read("database_admin_url")).password
    assert read("valkey_conf") == f"requirepass {make_url(read('redis_url')).password}\n"
    assert len(read("secret_key")) >= 32
    roles = {make_url(read(f"database{part}_url")).username for part in ("", "_system", "_owner")}
    assert {"llmops_app", "llmops_system", "llmops_owner"} == roles


def test_no_two_secrets_are_alike():
    """Nor are those of two installations."""
    first, second = contents(), contents()
    own = [value for name, value in first.items() if name not in {*TO_FILL, ".gitignore"}]

    assert len(own) == len(set(own))
    assert not set(own) & set(second.values())


def test_the_folder_is_closed_and_the_files_can_be_read_by_the_containers(tmp_path):
    """Compose keeps owner and mode, and the containers run as other users."""
    folder = tmp_path / "secrets"
    make(folder)

    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
    assert {0o644} == {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert "*\n" == (folder / ".gitignore").read_text(encoding="utf-8")


def test_run_again_it_changes_nothing(tmp_path, monkeypatch, capsys):
    """A key that was filled in stays, and nothing is overwritten."""
    make(tmp_path)
    (tmp_path / "openai_api_key").write_text("sk-x", encoding="utf-8")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.setattr("sys.argv", ["make_secrets", str(tmp_path)])
    main()

    assert before == {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert f"All secrets are in {tmp_path} already.\n" == capsys.readouterr().out


def test_half_a_set_is_not_completed(tmp_path):
    """A new password would not be the database's."""
    make(tmp_path)
    (tmp_path / "database_url").unlink()

    with pytest.raises(SystemExit, match="lacks database_url, and new ones would not fit"):
        make(tmp_path)


def test_a_lost_provider_key_file_comes_back_empty(tmp_path, monkeypatch, capsys):
    """It is a person's to fill, so nothing is lost by making it."""
    make(tmp_path)
    (tmp_path / "hf_api_token").unlink()
    monkeypatch.setattr("sys.argv", ["make_secrets", str(tmp_path)])
    main()

    assert "" == (tmp_path / "hf_api_token").read_text(encoding="utf-8")
    assert capsys.readouterr().out.startswith(f"Made in {tmp_path}: hf_api_token.\n")
