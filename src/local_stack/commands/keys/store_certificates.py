"""`./arti keys certificates`: TLS between the services and the stores of deploy/containers/compose.yaml."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from arti_core import clock

STORES: Final = ("postgres", "redis")
# Made once, within the containers' own network. To renew them, remove the three volumes and start all again.
_LIFE: Final = timedelta(days=3650)

_MAY_SIGN: Final = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=False,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


def write_certificates(folder: Path) -> str:
    """Write ca/ca.crt, and tls.crt and tls.key for each store, unless they are there. Returns what was done.

    The authority's key is kept nowhere: nobody signs anything more with it.
    """
    if (folder / "ca" / "ca.crt").exists():
        return f"{folder} has certificates already."
    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("ARTi stores")
    for store in STORES:
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName(name) for name in (store, "localhost")]
        builder = _builder(issuer, _name(store), key.public_key())
        about_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        builder = builder.add_extension(about_issuer, critical=False)
        signed = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(
            authority, hashes.SHA256()
        )
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        _write(folder / store / "tls.key", key.private_bytes(encoding, form, serialization.NoEncryption()), 0o600)
        _write(folder / store / "tls.crt", signed.public_bytes(encoding), 0o644)
    own = _builder(issuer, issuer, authority.public_key())
    own = own.add_extension(x509.SubjectKeyIdentifier.from_public_key(authority.public_key()), critical=False)
    own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = own.add_extension(_MAY_SIGN, critical=True).sign(authority, hashes.SHA256())
    _write(folder / "ca" / "ca.crt", root.public_bytes(serialization.Encoding.PEM), 0o644)
    return f"Certificates for {' and '.join(STORES)} are in {folder}."


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
