"""The machinery: connections, the one writer, migrations, codecs, hash chains, the vault."""
