"""The authority of the servers for tests, what it signed, and a password: made anew in a folder that git ignores."""
import secrets
import subprocess

OPENSSL_CONFIG = """[req]
distinguished_name = name
prompt = no
[name]
CN = a server of tests
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:false
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
[client]
basicConstraints = critical, CA:false
extendedKeyUsage = clientAuth
"""
DAYS = "365"


def _make(folder, name, extensions, subject, authority=None):
    """NAME.pem and NAME.key; without `authority` signed by itself."""
    signer = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key"] if authority else []
    subprocess.run(["openssl", "req", "-x509", "-config", "openssl.cnf", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days",
                    DAYS, "-subj", f"/CN={subject}", "-extensions", extensions, *signer],
                   cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    """ca, server (for 127.0.0.1 and no name), client, and another authority with a client of its own: each .pem and
    .key; server-chain.pem, key and certificates in one; password."""
    if (folder / "password").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "openssl.cnf").write_text(OPENSSL_CONFIG)
    for authority, client in (("ca", "client"), ("other-ca", "other-client")):
        _make(folder, authority, "authority", f"tests of Custos, {authority}")
        _make(folder, client, "client", "custos", authority)
    _make(folder, "server", "server", "a server of tests", "ca")
    (folder / "server-chain.pem").write_text("".join((folder / name).read_text()
                                                     for name in ("server.key", "server.pem", "ca.pem")))
    (folder / "password").touch(mode=0o600)
    (folder / "password").write_text(secrets.token_urlsafe(18) + "\n")
    return folder
