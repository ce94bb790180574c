"""What the stand-in answers when it refuses: Telegram's shape to bots, a plain one to drivers.

SimError
├── ApiError       to a bot: {"ok": false, "error_code": …, "description": …, "parameters": …}
└── ControlError   to a driver of /sim: {"error": …} with a 4xx
"""

from http import HTTPStatus
from typing import Any


class SimError(Exception):
    """The base of what the stand-in refuses."""


class ApiError(SimError):
    """A refusal in Telegram's shape; `description` carries Telegram's prefix ("Bad Request: …")."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON answer, with `parameters` only where Telegram gives them."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class ControlError(SimError):
    """A refusal of a /sim call; `status` is 4xx."""

    def __init__(self, message: str, status: int = HTTPStatus.BAD_REQUEST, **details: object) -> None:
        super().__init__(message)
        self.status = status
        self.details = details

    def body(self) -> dict[str, Any]:
        """{"error": …} and what helps the driver, such as the labels a keyboard has."""
        return {"error": str(self), **self.details}


def bad_request(reason: str) -> ApiError:
    """400, with Telegram's habit of a lower-case first letter unless the reason is a CONSTANT."""
    if len(reason) > 1 and not (reason[1] == "_" or reason[1].isupper()):
        reason = reason[0].lower() + reason[1:]
    return ApiError(HTTPStatus.BAD_REQUEST, f"Bad Request: {reason}")


def unauthorized() -> ApiError:
    """401."""
    return ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized")


def forbidden(reason: str) -> ApiError:
    """403."""
    return ApiError(HTTPStatus.FORBIDDEN, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """429 with `parameters.retry_after` in seconds."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after
    )


def conflict(reason: str) -> ApiError:
    """409."""
    return ApiError(HTTPStatus.CONFLICT, f"Conflict: {reason}")
