"""Real servers for tests, each on a free port of 127.0.0.1: Kafka (KRaft), an S3 server (versitygw), PostgreSQL,
Milvus; and a stand-in for Qdrant. Kafka and PostgreSQL speak TLS themselves; `tls` speaks it in front of the others.

usage: services.py up [NAME…]        installs what is missing, starts those named (default: all), waits until they answer
       services.py down [NAME…]      stops them and removes what they stored
       services.py kill NAME         ends a server at once, as a crash would (SIGKILL); what it stored stays
       services.py restart NAME      kill, then start on the same port with the same data
       services.py missing           prints the names of those that do not run
       services.py env               prints `export NAME=VALUE` of those that run, for a shell or a test run
       services.py run COMMAND…      runs a command with that environment

Software is kept in $CUSTOS_SERVICES (default: ~/.local/share/custos/services) and shared by checkouts; what the servers
store and their logs are in build/services of this checkout (PostgreSQL's in a temporary folder: it runs as a user of
its own). $CUSTOS_TEST_TLS is a folder there, made at the start: ca.pem, the authority of the servers' certificates, and
other-ca.pem, another one; client.pem and client.key, and of the other one other-client.pem and .key; and password,
which is that of the users custos (Kafka, by SCRAM) and secured (PostgreSQL).
example: python3 tools/services.py up postgres && eval "$(python3 tools/services.py env)"
"""
import json
import os
import pathlib
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

from service_certificates import make_certificates

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATE = ROOT / "build/services"
DATA_HOME = pathlib.Path(os.environ.get("XDG_DATA_HOME", pathlib.Path.home() / ".local/share"))
SOFTWARE = pathlib.Path(os.environ.get("CUSTOS_SERVICES", DATA_HOME / "custos/services"))
PYTHON = ROOT / "build/venv/bin/python3"

KAFKA = "4.1.0"
VERSITYGW = "v1.8.0"
GO_TOOLCHAIN = "1.25.0"  # where the machine's own is older than GO_MIN
GO_MIN = (1, 24)
MILVUS = "2.3.5"
QDRANT_CLIENT = "1.20.0"
POSTGRES_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
KAFKA_CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk"  # any 16 bytes in base64url
S3_KEY, S3_SECRET = "testkey", "testsecret"
START_SECONDS = 120
TLS = STATE / "certificates"

# Of the etcd within Milvus, which would take the ports 2379 and 2380.
ETCD_SETTINGS = """name: default
listen-client-urls: http://127.0.0.1:{client}
advertise-client-urls: http://127.0.0.1:{client}
listen-peer-urls: http://127.0.0.1:{peer}
initial-advertise-peer-urls: http://127.0.0.1:{peer}
initial-cluster: default=http://127.0.0.1:{peer}
"""

KAFKA_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>custos</groupId><artifactId>kafka</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{KAFKA}</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
</dependencies></project>
"""

KAFKA_PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners={listeners},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={listeners}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,SCRAM:SASL_SSL,MTLS:SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512
listener.name.scram.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.scram.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.mtls.ssl.client.auth=required
ssl.keystore.type=PEM
ssl.keystore.location={tls}/server-chain.pem
ssl.truststore.type=PEM
ssl.truststore.location={tls}/ca.pem
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_custos="testsecret";
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
num.partitions=2
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


def say(text):
    print(f"services: {text}", file=sys.stderr, flush=True)


def fail(text):
    sys.exit(f"services: {text}")


def free_port():
    """Not one that the system gives to clients: while a server is down, a client that connects to its port could get
    that very port, and so itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
                return port
            except OSError:  # in use
                pass


def await_release(port, seconds):
    """Until the connections of a server that was killed are forgotten, for one that binds without SO_REUSEADDR."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            try:
                return probe.bind(("127.0.0.1", port))
            except OSError:
                time.sleep(0.2)


def answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_alive(pid):
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
        # A dead child of ours stays in the table until it is waited for.
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def children_of(pid):
    return [int(c) for c in subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True,
                                           text=True).stdout.split()]


def await_end(pids):
    for _ in range(200):
        if not any(is_alive(pid) for pid in pids):
            break
        time.sleep(0.05)


def launch(name, command, **kwargs):
    with open(STATE / f"{name}.log", "ab") as log:
        return subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                start_new_session=True, **kwargs).pid


class Server:
    """One server: install(), start(state) -> pid; `state` is what is remembered of it, its port at least."""
    name = ""

    def ports(self):
        return {"port": free_port()}

    def data(self):
        return STATE / self.name

    def ready(self, state):
        return answers(state["port"])

    def kill(self, state):
        pid = state["pid"]
        for each in [*children_of(pid), pid]:
            if is_alive(each):
                os.kill(each, signal.SIGKILL)
        await_end([pid])
        for _ in range(100):  # threads of it may hold the port a little longer
            if not answers(state["port"]):
                break
            time.sleep(0.05)


class Kafka(Server):
    name = "kafka"

    def ports(self):
        return {"port": free_port(), "controller": free_port()}

    def libs(self):
        return SOFTWARE / f"kafka-{KAFKA}"

    def install(self):
        if self.libs().exists():
            return
        say(f"fetching Kafka {KAFKA} with Maven")
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "pom.xml").write_text(KAFKA_POM)
            part = SOFTWARE / f"kafka-{KAFKA}.part"
            shutil.rmtree(part, ignore_errors=True)
            subprocess.run(["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={part}"],
                           cwd=folder, check=True)
            part.rename(self.libs())

    def java(self):
        return ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{self.libs()}/*"]

    def start(self, state):
        self.data().mkdir(parents=True, exist_ok=True)
        tls = make_certificates(TLS)
        listeners = ",".join(f"{name.upper()}://127.0.0.1:{state.setdefault(name, free_port())}"
                             for name in ("sasl", "scram", "mtls"))
        properties = STATE / "kafka.properties"
        properties.write_text(KAFKA_PROPERTIES.format(
            data=self.data(), tls=tls, listeners=f"PLAINTEXT://127.0.0.1:{state['port']},{listeners}",
            controller=state["controller"]))
        if not (self.data() / "meta.properties").exists():
            user = f"[name=custos,password={(tls / 'password').read_text().strip()}]"
            subprocess.run([*self.java(), "kafka.tools.StorageTool", "format", "-t", KAFKA_CLUSTER, "-c",
                            str(properties), "--add-scram", f"SCRAM-SHA-256={user}", "--add-scram",
                            f"SCRAM-SHA-512={user}"], check=True, stdout=subprocess.DEVNULL)
        return launch(self.name, [*self.java(), "kafka.Kafka", properties])

    def environment(self, state):
        found = {"CUSTOS_TEST_KAFKA": f"127.0.0.1:{state['port']}"}
        # SASL: user custos, password testsecret.
        found.update({f"CUSTOS_TEST_KAFKA_{name.upper()}": f"127.0.0.1:{state[name]}"
                      for name in ("sasl", "scram", "mtls") if name in state})
        return found


class S3(Server):
    name = "s3"

    def program(self):
        return SOFTWARE / f"versitygw-{VERSITYGW}"

    def go(self):
        """A Go that is new enough: the machine's, or one from the module proxy."""
        found = shutil.which("go")
        if found:
            version = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True).stdout.strip()
            if tuple(int(n) for n in version.removeprefix("go").split(".")[:2]) >= GO_MIN:
                return found
        root = SOFTWARE / f"go-{GO_TOOLCHAIN}"
        if not root.exists():
            say(f"fetching Go {GO_TOOLCHAIN}")
            proxy = os.environ.get("GOPROXY", "https://proxy.golang.org").split(",")[0]
            name = f"v0.0.1-go{GO_TOOLCHAIN}.linux-amd64"
            packed, _ = urllib.request.urlretrieve(f"{proxy}/golang.org/toolchain/@v/{name}.zip")
            with zipfile.ZipFile(packed) as archive:
                archive.extractall(SOFTWARE / "go.part")
            tree = SOFTWARE / "go.part/golang.org" / f"toolchain@{name}"
            for tool in [*tree.glob("bin/*"), *tree.glob("pkg/tool/*/*")]:
                tool.chmod(0o755)
            tree.rename(root)
        return root / "bin/go"

    def install(self):
        if self.program().exists():
            return
        say(f"building versitygw {VERSITYGW}")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([self.go(), "install", f"github.com/versity/versitygw/cmd/versitygw@{VERSITYGW}"],
                           env={**os.environ, "GOBIN": folder, "GOFLAGS": "-modcacherw"}, check=True)
            shutil.move(pathlib.Path(folder) / "versitygw", self.program())

    def start(self, state):
        for part in ("data", "versions"):
            (self.data() / part).mkdir(parents=True, exist_ok=True)
        return launch(self.name, [self.program(), "--port", f"127.0.0.1:{state['port']}", "--access", S3_KEY,
                                  "--secret", S3_SECRET, "--quiet", "posix", "--versioning-dir",
                                  self.data() / "versions", self.data() / "data"])

    def environment(self, state):
        return {"CUSTOS_TEST_S3": f"http://127.0.0.1:{state['port']}", "AWS_ACCESS_KEY_ID": S3_KEY,
                "AWS_SECRET_ACCESS_KEY": S3_SECRET, "AWS_REGION": "us-east-1"}


class Postgres(Server):
    """Runs as the user postgres where we are root, so its data lie where that user can go. The user custos needs no
    password, the user secured needs one and TLS."""
    name = "postgres"

    def ports(self):
        return {"port": free_port(), "data": tempfile.mkdtemp(prefix="custos-postgres-")}

    def install(self):
        if not (POSTGRES_BIN / "postgres").exists():
            fail(f"no PostgreSQL 15 in {POSTGRES_BIN}: run ./dev services, which installs it")

    def as_postgres(self):
        return ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []

    def start(self, state):
        folder = pathlib.Path(state["data"])
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        if not (folder / "data/PG_VERSION").exists():
            subprocess.run([*self.as_postgres(), POSTGRES_BIN / "initdb", "-D", folder / "data", "-A", "trust", "-U",
                            "custos", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"], check=True,
                           stdout=subprocess.DEVNULL, cwd="/")
            self.secure(folder / "data")
        # A new process may have the number of the one that was killed.
        for left in (folder / "data/postmaster.pid", *folder.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)
        return launch(self.name, [*self.as_postgres(), POSTGRES_BIN / "postgres", "-D", folder / "data", "-p",
                                  state["port"], "-c", "listen_addresses=127.0.0.1", "-c",
                                  f"unix_socket_directories={folder}", "-c", "max_connections=200", "-c", "ssl=on"],
                      cwd="/")

    def secure(self, data):
        tls = make_certificates(TLS)
        for name in ("server.pem", "server.key"):
            copy = pathlib.Path(shutil.copy(tls / name, data / name.replace(".pem", ".crt")))
            copy.chmod(0o600)
            if os.getuid() == 0:
                shutil.chown(copy, "postgres")
        rules = data / "pg_hba.conf"
        rules.write_text("hostssl all secured 127.0.0.1/32 scram-sha-256\nhost all secured all reject\n" +
                         rules.read_text())
        password = (tls / "password").read_text().strip()
        subprocess.run([*self.as_postgres(), POSTGRES_BIN / "postgres", "--single", "-D", data, "postgres"], check=True,
                       input=f"CREATE ROLE secured LOGIN PASSWORD '{password}'\nGRANT CREATE ON DATABASE postgres TO "
                             "secured\n", text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def ready(self, state):
        return subprocess.run([POSTGRES_BIN / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(state["port"]), "-U",
                               "custos", "-d", "postgres"]).returncode == 0

    def kill(self, state):
        pid_file = pathlib.Path(state["data"]) / "data/postmaster.pid"
        if pid_file.exists():
            postmaster = int(pid_file.read_text().split()[0])
            family = [postmaster, *children_of(postmaster)]
            for each in family:
                if is_alive(each):
                    os.kill(each, signal.SIGKILL)
            await_end(family)
        super().kill(state)

    def environment(self, state):
        server = f"127.0.0.1:{state['port']}/postgres"
        return {"CUSTOS_TEST_POSTGRES": f"postgresql://custos@{server}?sslmode=disable",
                "CUSTOS_TEST_POSTGRES_TLS": f"postgresql://secured@{server}"}


class Milvus(Server):
    name = "milvus"

    def install(self):
        if not (ROOT / "build/venv/bin/milvus-server").exists():
            say(f"fetching Milvus {MILVUS} from PyPI")
            subprocess.run([PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "setuptools<81",
                            f"milvus=={MILVUS}"], check=True)

    def ports(self):
        return {"port": free_port(), "etcd": free_port(), "etcd_peer": free_port()}

    def start(self, state):
        self.data().mkdir(parents=True, exist_ok=True)
        etcd = self.data() / "etcd.yaml"
        await_release(state["port"], 70)  # else milvus-server takes the next one
        etcd.write_text(ETCD_SETTINGS.format(client=state["etcd"], peer=state["etcd_peer"]))
        return launch(self.name, [ROOT / "build/venv/bin/milvus-server", "--data", self.data(), "--proxy-port",
                                  state["port"], "--etcd-port", state["etcd"]],
                      env={**os.environ, "ETCD_CONFIG_PATH": str(etcd)})

    def environment(self, state):
        return {"CUSTOS_TEST_MILVUS": f"127.0.0.1:{state['port']}"}


class Qdrant(Server):
    """No Qdrant, which is not to be had as a package: the official Python client's models and local mode."""
    name = "qdrant"

    def install(self):
        if subprocess.run([PYTHON, "-c", "import qdrant_client"], stderr=subprocess.DEVNULL).returncode != 0:
            say(f"fetching qdrant-client {QDRANT_CLIENT} from PyPI, for a stand-in of Qdrant")
            subprocess.run([PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check",
                            f"qdrant-client=={QDRANT_CLIENT}"], check=True)

    def start(self, state):
        return launch(self.name, [PYTHON, ROOT / "tools/qdrant_stand_in.py", state["port"]])

    def environment(self, state):
        return {"CUSTOS_TEST_QDRANT": f"127.0.0.1:{state['port']}"}


class Tls(Server):
    """A port with TLS for each server that has none itself."""
    name = "tls"
    upstreams = ("s3", "milvus", "qdrant")

    def ports(self):
        ports = {name: free_port() for name in self.upstreams}
        return {"port": ports["s3"], **ports}

    def install(self):
        pass

    def start(self, state):
        tls = make_certificates(TLS)
        return launch(self.name, [PYTHON, ROOT / "tools/tls_proxy.py", STATE / "state.json", tls / "server.pem",
                                  tls / "server.key", *(f"{name}={state[name]}" for name in self.upstreams)])

    def environment(self, state):
        running = load()
        return {f"CUSTOS_TEST_{name.upper()}_TLS": f"127.0.0.1:{state[name]}"
                for name in self.upstreams if name in running}


SERVERS = {server.name: server for server in (Kafka(), S3(), Postgres(), Milvus(), Qdrant(), Tls())}


def load():
    file = STATE / "state.json"
    return json.loads(file.read_text()) if file.exists() else {}


def save(running):
    STATE.mkdir(parents=True, exist_ok=True)
    (STATE / "state.json").write_text(json.dumps(running, indent=1))


def begin(server, running, state):
    state["pid"] = server.start(state)
    running[server.name] = state
    save(running)
    started = time.monotonic()
    while not server.ready(state):
        if not is_alive(state["pid"]) or time.monotonic() - started > START_SECONDS:
            tail = (STATE / f"{server.name}.log").read_text(errors="replace").splitlines()[-20:]
            fail("\n".join([f"{server.name} did not start:", *tail]))
        time.sleep(0.1)
    say(f"{server.name} answers on port {state['port']} after {time.monotonic() - started:.1f} s")


def up(names):
    running = load()
    SOFTWARE.mkdir(parents=True, exist_ok=True)
    STATE.mkdir(parents=True, exist_ok=True)
    for name in names:
        server = SERVERS[name]
        if name in running and is_alive(running[name]["pid"]):
            continue
        server.install()
        begin(server, running, running.get(name) or server.ports())


def down(names):
    running = load()
    for name in names:
        state = running.pop(name, None)
        if state is None:
            continue
        SERVERS[name].kill(state)
        shutil.rmtree(state.get("data", STATE / name), ignore_errors=True)
        say(f"{name} stopped")
    if not running:
        shutil.rmtree(TLS, ignore_errors=True)
    save(running)


def environment():
    found = {"CUSTOS_TEST_TLS": str(TLS)} if TLS.exists() else {}
    for name, state in load().items():
        if is_alive(state["pid"]):
            found.update(SERVERS[name].environment(state))
    return found


def main(arguments):
    verb, names = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb in ("up", "down", "kill", "restart") and any(name not in SERVERS for name in names):
        fail(f"there are {', '.join(SERVERS)}")
    if verb == "up":
        up(names or SERVERS)
    elif verb == "down":
        down(names or SERVERS)
    elif verb in ("kill", "restart"):
        running = load()
        for name in names:
            if name not in running:
                fail(f"{name} was not started")
            SERVERS[name].kill(running[name])
            if verb == "restart":
                begin(SERVERS[name], running, running[name])
    elif verb == "missing":
        print(*[name for name in SERVERS if not is_alive(load().get(name, {}).get("pid", 0))])
    elif verb == "env":
        for name, value in environment().items():
            print(f"export {name}={shlex.quote(value)}")
    elif verb == "run" and names:
        sys.exit(subprocess.run(names, env={**os.environ, **environment()}).returncode)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
