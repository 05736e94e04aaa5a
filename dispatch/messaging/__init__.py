"""The channels that messages go out by: a mail server, HTTP gateways for text messages and WeChat."""
