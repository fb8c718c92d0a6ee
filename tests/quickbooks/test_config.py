"""Where QuickBooks is, and who may be sent our secrets."""

import pytest

from tieout.quickbooks.api.config import (
    PRODUCTION,
    SANDBOX,
    AppKeys,
    ConfigurationError,
    Environment,
    discovered,
    known,
)

SECRET = "s3cr3t-value"


def keys(redirect_uri="https://books.example.com/callback", environment=Environment.PRODUCTION):
    return AppKeys("client", SECRET, redirect_uri, environment, ("verifier-one",))


def test_secrets_are_not_shown_when_keys_are_printed():
    assert SECRET not in repr(keys())
    assert "verifier-one" not in repr(keys())


def test_production_refuses_a_plain_http_redirect_even_on_this_machine():
    with pytest.raises(ConfigurationError, match="https"):
        keys("http://localhost:8000/callback")


@pytest.mark.parametrize("environment", [Environment.SANDBOX, Environment.CUSTOM])
def test_development_accepts_plain_http_on_this_machine_only(environment):
    assert keys("http://localhost:8000/callback", environment).redirect_uri
    with pytest.raises(ConfigurationError, match="localhost"):
        keys("http://books.example.com/callback", environment)


@pytest.mark.parametrize("redirect", ["https://a.example/cb?x=1", "https://a.example/cb#x", "callback", ""])
def test_a_redirect_address_is_whole_and_carries_nothing(redirect):
    with pytest.raises(ConfigurationError, match="full address"):
        keys(redirect)


def test_keys_without_a_secret_are_refused():
    with pytest.raises(ConfigurationError, match="secret"):
        AppKeys("client", "", "https://a.example/cb")


def test_environments_differ_in_data_and_user_info_hosts_only():
    assert PRODUCTION.token == SANDBOX.token
    assert PRODUCTION.api != SANDBOX.api
    assert PRODUCTION.userinfo != SANDBOX.userinfo


def test_a_custom_environment_serves_everything_from_its_base_address():
    here = known(Environment.CUSTOM, "http://127.0.0.1:8399/")
    assert here.api == "http://127.0.0.1:8399"
    assert here.discovery == "http://127.0.0.1:8399/.well-known/openid_configuration"
    assert here.origins == {"http://127.0.0.1:8399"}


@pytest.mark.parametrize("base", ["", "127.0.0.1:8399", "ftp://127.0.0.1", "http://quickbooks.example.com"])
def test_a_custom_environment_needs_a_proper_base_address(base):
    with pytest.raises(ConfigurationError):
        known(Environment.CUSTOM, base)


def test_discovery_replaces_what_it_names_and_keeps_the_rest():
    document = {
        "token_endpoint": "https://oauth.platform.intuit.com/oauth2/v2/tokens",
        "claims_supported": ["aud"],
    }
    found = discovered(document, PRODUCTION)
    assert found.token == "https://oauth.platform.intuit.com/oauth2/v2/tokens"
    assert found.revoke == PRODUCTION.revoke
    assert found.api == PRODUCTION.api


@pytest.mark.parametrize(
    "address",
    [
        "https://oauth.platform.intuit.com.evil.example/tokens",
        "http://oauth.platform.intuit.com/tokens",
        "https://evilintuit.com/tokens",
        "https://oauth.platform.intuit.com:8443/tokens",
        7,
    ],
)
def test_discovery_cannot_send_our_secrets_elsewhere(address):
    with pytest.raises(ConfigurationError, match="strange"):
        discovered({"token_endpoint": address}, PRODUCTION)


def test_custom_discovery_stays_within_its_own_origin():
    here = known(Environment.CUSTOM, "http://127.0.0.1:8399")
    assert discovered({"token_endpoint": "http://127.0.0.1:8399/t"}, here).token == "http://127.0.0.1:8399/t"
    with pytest.raises(ConfigurationError):
        discovered({"token_endpoint": "http://127.0.0.1:9000/t"}, here)
