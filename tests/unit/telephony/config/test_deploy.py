"""What an administrator copies from deploy/ fits the code: paths, names, an example that is a proper site."""

import configparser
import subprocess
from pathlib import Path

import pytest
import yaml

from pasokh.telephony.asterisk import ACCOUNT, KEPT, PATHS
from pasokh.telephony.config.rules import read_site
from pasokh.telephony.proxy.kamailio import ACCOUNT as KAMAILIO
from pasokh.telephony.proxy.kamailio import Kamailio, Program

DEPLOY = Path(__file__).parents[4] / "deploy"
HOME = "/var/lib/pasokh/asterisk"


def test_the_example_is_a_proper_site_with_tls_everywhere():
    example = read_site((DEPLOY / "asterisk/site.example.json").read_bytes())
    assert all(trunk.srtp for trunk in example.trunks)
    assert not any(node.udp_port or node.tcp_port for node in example.nodes)


def test_the_unit_starts_what_apply_prepared_and_says_that_it_keeps_it():
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read(DEPLOY / "systemd/pasokh-asterisk.service")
    service = unit["Service"]
    assert service["ExecStart"].endswith(f"-f -C {HOME}/etc/asterisk.conf")
    assert service["Environment"] == f"{KEPT}=1"
    assert service["User"] == ACCOUNT
    assert service["Restart"] == "always"
    assert all(path.startswith(HOME) for path in service["ReadWritePaths"].split())


def test_the_compose_file_names_files_that_are_there():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    service = compose["services"]["asterisk"]
    root = DEPLOY / service["build"]["context"]
    dockerfile = (root / service["build"]["dockerfile"]).read_text()
    copied = [word for line in dockerfile.splitlines() if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert copied
    assert all((root / word).exists() for word in copied)
    assert f'ENTRYPOINT ["/usr/local/lib/pasokh/keep.sh", "{HOME}"]' in dockerfile
    assert service["network_mode"] == "host"


@pytest.mark.parametrize("name", ["install.sh", "keep.sh"])
def test_the_scripts_parse_and_name_the_file_the_code_reads(name):
    script = DEPLOY / "asterisk" / name
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    assert str(PATHS) in script.read_text()


def test_kamailios_unit_starts_what_apply_prepared_the_way_we_start_it(tmp_path):
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read(DEPLOY / "systemd/pasokh-kamailio.service")
    service, home = unit["Service"], "/var/lib/pasokh/kamailio"
    ours = Kamailio(Program("/usr/sbin/kamailio", "/modules"), Path(home)).words()
    assert service["ExecStart"].split() == ours
    assert service["Environment"] == f"{KEPT}=1"
    assert service["User"] == KAMAILIO
    assert service["Restart"] == "always"
    assert {f"{home}/lib", f"{home}/run"} == set(service["ReadWritePaths"].split())
    kept = (DEPLOY / "kamailio/keep.sh").read_text()
    assert all(word in kept for word in ours if word.startswith("-"))
    assert ours[-3:] == ["128", "-M", "16"]
    assert "-m 128 -M 16" in kept


@pytest.mark.parametrize("name", ["install.sh", "keep.sh"])
def test_kamailios_scripts_parse(name):
    assert subprocess.run(["bash", "-n", str(DEPLOY / "kamailio" / name)], check=False).returncode == 0


def test_the_compose_file_has_the_proxy_for_several_nodes():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    service = compose["services"]["kamailio"]
    assert service["profiles"] == ["nodes"]
    dockerfile = (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).read_text()
    assert 'ENTRYPOINT ["/usr/local/lib/pasokh/keep.sh", "/var/lib/pasokh/kamailio"]' in dockerfile
    assert set(compose["volumes"]) == {"proxy", "state"}


def test_the_example_of_several_nodes_is_a_proper_site():
    example = read_site((DEPLOY / "kamailio/site.example.json").read_bytes())
    assert len(example.nodes) == 2
    assert example.proxy is not None
    assert all(trunk.srtp for trunk in example.trunks)
