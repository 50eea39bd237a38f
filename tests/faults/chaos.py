"""Clients that send events while servers are killed at random: what was sent, answered and applied, in figures."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .laboratory import Bench
from .redis_server import RedisServer
from .visitors import Lost, Piece, Reply, Visitor, new_key, new_rid

PATIENCE = 60
"""Seconds after which an event without an answer counts as unresolved."""
_HOPEFUL = ("in_progress", "unavailable")
"""Refusals after which a client asks again with the same request id."""


@dataclass(slots=True)
class Intention:
    """One event that a client wants applied once, and what the client knows of it."""

    key: str
    rid: str
    tries: int = 0
    lost: int = 0
    """How many of the tries ended without an answer."""
    reply: Reply | None = None
    seconds: float = 0
    """From the first lost answer to the one that came."""
    differs: bool = False
    """Whether asking again after the answer brought another one."""


@dataclass(slots=True)
class Chaos:
    """One run: some clients, one killer."""

    bench: Bench
    seed: int
    kills: int
    clients: int = 4
    run: str = field(default_factory=new_key)
    statuses: Counter[int] = field(default_factory=Counter)
    """How often each status came, retries included."""
    intentions: list[Intention] = field(default_factory=list)
    restarts_of_redis: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def go(self) -> dict[str, Any]:
        """Let it happen; return the figures."""
        began = time.monotonic()
        clients = [threading.Thread(target=self._be_client, args=(number,)) for number in range(self.clients)]
        for client in clients:
            client.start()
        try:
            self._be_killer()
        finally:
            self._over.set()
            for client in clients:
                client.join()
        return self._figures(time.monotonic() - began)

    def _be_killer(self) -> None:
        chance = random.Random(self.seed)
        for _ in range(self.kills):
            victims = list(self.bench.servers) if chance.random() < 0.1 else [chance.choice(self.bench.servers)]
            pids = [server.pid() for server in victims]
            time.sleep(chance.random())
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if self.bench.redis is not None and chance.random() < 0.2:
                self._restart(self.bench.redis)

    def _restart(self, redis: RedisServer) -> None:
        redis.kill()
        redis.start()
        self.restarts_of_redis += 1

    def _be_client(self, number: int) -> None:
        chance = random.Random(f"{self.seed}/{number}")
        visitor, piece = self._arrive()
        while not self._over.is_set():
            intention = Intention(f"{self.run}-{number}-{len(self.intentions)}", new_rid())
            self.intentions.append(intention)
            self._pursue(intention, visitor, piece, chance)

    def _arrive(self) -> tuple[Visitor, Piece]:
        while True:
            with contextlib.suppress(Lost):
                return self.bench.visitor("ledger")

    def _pursue(self, intention: Intention, visitor: Visitor, piece: Piece, chance: random.Random) -> None:
        """Ask until there is an answer; now and then once more after it."""
        pause, is_marked = chance.random() * 0.1, chance.random() < 0.5
        deadline, lost_at = time.monotonic() + PATIENCE, 0.0
        while time.monotonic() < deadline:
            try:
                reply = self._ask(intention, visitor, piece, chance, retry=is_marked, pause=pause)
            except Lost:
                intention.lost += 1
                lost_at = lost_at or time.monotonic()
                continue
            if reply.code in _HOPEFUL:
                time.sleep(0.1)
                continue
            intention.reply = reply
            intention.seconds = time.monotonic() - lost_at if lost_at else 0
            break
        if intention.reply is not None and chance.random() < 0.2:
            with contextlib.suppress(Lost):
                again = self._ask(intention, visitor, piece, chance, retry=is_marked, pause=0)
                intention.differs = again.code not in _HOPEFUL and again.content() != intention.reply.content()

    def _ask(
        self, intention: Intention, visitor: Visitor, piece: Piece, chance: random.Random, *, retry: bool, pause: float
    ) -> Reply:
        server = chance.choice(self.bench.servers)
        is_retry = retry and intention.tries > 0
        intention.tries += 1
        reply = visitor.send(
            server, piece, "book", intention.rid, retry=is_retry, pause=round(pause, 3), key=intention.key
        )
        self.statuses[reply.status] += 1
        return reply

    def _figures(self, seconds: float) -> dict[str, Any]:
        found = self.bench.database.rows(
            f"SELECT label, count(*) FROM faults_effect WHERE label LIKE '%{self.run}-%' GROUP BY label"
        )
        effects = {str(label): int(number) for label, number in found}
        messages = {label: number for label, number in effects.items() if label.startswith("sent-")}
        effects = {label: number for label, number in effects.items() if label not in messages}
        acked = {i.key for i in self.intentions if i.reply is not None and i.reply.status == 200}
        waits = sorted(i.seconds for i in self.intentions if i.lost and i.reply is not None) or [0.0]
        return {
            "database": self.bench.database.kind,
            "server": self.bench.servers[0].kind,
            "redis": self.bench.redis is not None,
            "seed": self.seed,
            "seconds": round(seconds, 1),
            "kills": self.kills,
            "redis_restarts": self.restarts_of_redis,
            "sent": len(self.intentions),
            "tries": sum(i.tries for i in self.intentions),
            "acked": len(acked),
            "erred": sum(i.reply is not None and i.reply.status != 200 for i in self.intentions),
            "unknown": sum(i.lost > 0 for i in self.intentions),
            "unresolved": sum(i.reply is None for i in self.intentions),
            "effects": sum(effects.values()),
            "effects_per_id_max": max(effects.values(), default=0),
            "acked_without_effect": len(acked - effects.keys()),
            "effects_without_ack": len(effects.keys() - acked),
            "answers_differ": sum(i.differs for i in self.intentions),
            "messages_per_id_max": max(messages.values(), default=0),
            "messages_lost": len(effects) - len(messages),
            "statuses": dict(sorted(self.statuses.items())),
            "recover_p50": round(statistics.median(waits), 2),
            "recover_p99": round(waits[int(len(waits) * 0.99)], 2),
            "recover_max": round(waits[-1], 2),
        }


def violations(figures: dict[str, Any]) -> list[str]:
    """Return what must not be so, in words."""
    found = []
    if figures["effects_per_id_max"] != 1:
        found.append(f"an event was applied {figures['effects_per_id_max']} times")
    for name in ("acked_without_effect", "effects_without_ack", "unresolved", "erred", "answers_differ"):
        if figures[name]:
            found.append(f"{name}: {figures[name]}")
    if figures["messages_per_id_max"] > 1:
        found.append("a message was sent twice")
    if strange := set(figures["statuses"]) - {200, 409, 503}:
        found.append(f"answers with status {sorted(strange)}")
    return found
