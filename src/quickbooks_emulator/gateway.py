"""Decides: the answers of the gateway in front of the services: other envelopes than the service's own."""

from __future__ import annotations

from quickbooks_emulator import formats
from quickbooks_emulator.messages import Response

_JSON = {"Content-Type": "application/json"}
_XML = {"Content-Type": "application/xml"}


def unauthorized(detail: str, now_ms: int, *, xml: bool = False) -> Response:
    """401 3200, recorded in full; lower-case members and an epoch-milliseconds time."""
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    headers = {"WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'}
    if xml:
        return Response(401, _xml("AUTHENTICATION", "3200", message, detail), {**_XML, **headers})
    return Response(
        401, formats.to_json(_lower("AUTHENTICATION", "3200", message, detail, now_ms)), {**_JSON, **headers}
    )


def forbidden(now_ms: int, *, xml: bool = False) -> Response:
    """403 3100: the token belongs to another company or app, or keys of one environment were used at the address or
    against a company of the other (recorded)."""
    message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    if xml:
        return Response(403, _xml("SERVICE", "3100", message, None), _XML)
    return Response(403, formats.to_json(_lower("SERVICE", "3100", message, None, now_ms)), _JSON)


def throttled(retry_after: int | None = None, *, json_at: int | None = None) -> Response:
    """429 3001: XML even when JSON was asked for (recorded). Retry-After was never seen; a rule or a knob may add one,
    a knob ask for JSON: then `json_at` is the time in milliseconds."""
    said = (
        "SERVICE",
        "3001",
        "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "The request limit was reached.  Try again later",
    )
    body = _xml(*said) if json_at is None else formats.to_json(_lower(*said, json_at))
    headers = dict(_XML if json_at is None else _JSON)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response(429, body, headers)


def broken(status: int, retry_after: int | None = None) -> Response:
    """An HTML page as gateways send with 502, 503 and 504."""
    reason = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}.get(status, "Error")
    page = (
        f"<html>\r\n<head><title>{status} {reason}</title></head>\r\n"
        f"<body>\r\n<center><h1>{status} {reason}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    headers = {"Content-Type": "text/html"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response(status, page.encode(), headers)


def _lower(kind: str, code: str, message: str, detail: str | None, now_ms: int) -> dict[str, object]:
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {
            "error": [{"message": message, "detail": detail, "code": code, "element": None}],
            "type": kind,
        },
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": now_ms,
        "status": None,
        "cdcresponse": [],
    }


def _xml(kind: str, code: str, message: str, detail: str | None) -> bytes:
    error = {"code": code, "Message": message} | ({} if detail is None else {"Detail": detail})
    return formats.to_xml({"Fault": {"type": kind, "Error": [error]}})
