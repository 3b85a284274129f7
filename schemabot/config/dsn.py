"""The address of a database server in configuration, its password never shown."""

from typing import Annotated

from pydantic import AfterValidator

from schemabot.config.secrets import Secret, SecretReference

_SCHEMES = ("mysql://", "mariadb://")


def _checked(secret: Secret) -> Secret:
    if not secret.reveal().startswith(_SCHEMES):
        raise ValueError("a dsn begins with mysql:// or mariadb://")
    return secret


Dsn = Annotated[SecretReference, AfterValidator(_checked)]
