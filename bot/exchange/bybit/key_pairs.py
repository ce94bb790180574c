"""RSA pairs for Bybit's self-generated keys."""

import asyncio
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from bot.domain.accounts import KeyPair
from bot.domain.secrets import Secret

RSA_BITS: Final = 2048  # Bybit takes 2048 and 4096; 2048 signs four times as fast


class RsaKeyPairMaker:
    """Implements `bot.domain.ports.accounts.KeyPairMaker`: RSA-2048, public as SPKI PEM, private as PKCS#8 PEM."""

    async def make_pair(self) -> KeyPair:
        """A new pair, made in a thread (0.1 s of processor)."""
        return await asyncio.to_thread(_make_pair)

    async def public_half(self, private_pem: Secret) -> str:
        """Off the loop: reading a private key checks its primes."""
        return await asyncio.to_thread(_public_half, private_pem)


def _make_pair() -> KeyPair:
    private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    private_pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(public_pem=_pem(private.public_key()), private_pem=Secret(private_pem.decode()))


def _public_half(private_pem: Secret) -> str:
    private = load_pem_private_key(private_pem.reveal().encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError("the stored pair is no RSA key")
    return _pem(private.public_key())


def _pem(public: rsa.RSAPublicKey) -> str:
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
