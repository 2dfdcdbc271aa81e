"""How gunicorn serves, beside what the command says.

It believes no header about who asks, where or how: KIEUBAO_PROXIES alone says how many proxies are believed.
"""

forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
