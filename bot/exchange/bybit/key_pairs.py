"""RSA pairs for Bybit's self-generated keys."""

import asyncio
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bot.domain.accounts import KeyPair
from bot.domain.secrets import Secret

RSA_BITS: Final = 2048  # Bybit takes 2048 and 4096; 2048 signs four times as fast


class RsaKeyPairMaker:
    """Implements `bot.domain.ports.accounts.KeyPairMaker`: RSA-2048, public as SPKI PEM, private as PKCS#8 PEM."""

    async def make_pair(self) -> KeyPair:
        """A new pair, made in a thread (0.1 s of processor)."""
        return await asyncio.to_thread(_make_pair)


def _make_pair() -> KeyPair:
    private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    public_pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private_pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(public_pem=public_pem.decode(), private_pem=Secret(private_pem.decode()))
