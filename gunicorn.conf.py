"""How gunicorn serves, beside what the command says.

It believes no header about who asks, where or how: KIEUBAO_PROXIES alone says how many proxies are believed.
"""

import gc

forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}


def post_worker_init(_worker: object) -> None:
    """Let the collector of garbage pass over what was loaded: going through it, one answer in hundreds took 0.1 s."""
    gc.collect()
    gc.freeze()
