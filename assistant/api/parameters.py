"""The parameters of an address: those that the description names, and no others."""

from fastapi import Request

from assistant.api.names import unknown_name, unknown_of
from assistant.api.openapi import describe
from assistant.api.problems import invalid_fields

_INTERFACE = "/v1/"


async def require_known_parameters(request: Request) -> None:
    """Pass a call of `/v1` whose address has no parameter but those that the description names. Raises a
    422 problem that names each other one."""
    path: str = request.scope["route"].path_format
    if not path.startswith(_INTERFACE) or not request.query_params:
        return
    described = describe(request.app)["paths"].get(path, {}).get(request.method.lower(), {})
    known = [each["name"] for each in described.get("parameters", ()) if each["in"] == "query"]
    unknown = unknown_of(request.query_params, known)
    if unknown:
        raise invalid_fields([(name, unknown_name("参数", name, known)) for name in unknown])
