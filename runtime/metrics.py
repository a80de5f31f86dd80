"""Prometheus metrics of the desk: what is counted, with label sets that stay small and hold no personal data."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, PlatformCollector, ProcessCollector

from runtime.tracing import NO_SPANS, Spans

_ACKNOWLEDGED = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds; Slack waits three."""
_DELIVERED = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 80.0)
_DATABASE = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0)


class Metrics:
    """All metrics of one program, in a registry of its own, and its traces."""

    def __init__(self, spans: Spans = NO_SPANS) -> None:
        self.spans = spans
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._count()
        self._state()
        self._of_database = cache(self.database.labels)

    def _count(self) -> None:
        """Metrics that are counted as things happen."""
        done = ("kind", "outcome")
        self.interactions = self._histogram(
            "interaction_seconds", "Time until an interaction of Slack's is acknowledged.", done, _ACKNOWLEDGED
        )
        self.deliveries = self._histogram(
            "delivery_seconds", "Time of one attempt to deliver a notice.", ("way", "outcome", "reason"), _DELIVERED
        )
        self.jobs = self._histogram("job_seconds", "Time of one run of a job.", ("job", "outcome"), _DELIVERED)
        self.reminders = self._counter("reminders", "Tickets that people were reminded of.")
        self.database = self._histogram("database_seconds", "Time of one database operation.", done, _DATABASE)
        self.slack_calls = self._counter("slack_calls", "Calls of Slack's Web API.", "method", "status")
        self.mail_in = self._counter("mail_in", "Inbound mails.", "kind")
        self.log_lines = self._counter("log_lines", "Log lines of level WARNING and above.", "level")

    def _state(self) -> None:
        """Metrics that are looked up when they are read."""
        self.build = Info("partner_desk_build", "Release of the desk.", registry=self.registry)
        self.outbox_waiting = self._gauge("outbox_waiting", "Notices that are due and not delivered.")
        self.outbox_oldest = self._gauge("outbox_oldest_seconds", "Age of the oldest notice that is not delivered.")
        self.outbox_dead = self._gauge("outbox_dead", "Notices that were given up and wait for a person.")
        self.tickets = self._gauge("open_tickets", "Open tickets.", "level", "ball")
        self.ready = self._gauge("ready", "1 where a part of the desk works, else 0.", "part")

    def _histogram(self, name: str, text: str, labels: tuple[str, ...], buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"partner_desk_{name}", text, labels, registry=self.registry, buckets=buckets)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"partner_desk_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"partner_desk_{name}", text, labels, registry=self.registry)

    def database_operation(self, kind: str, outcome: str, seconds: float) -> None:
        """Counts one operation of the store."""
        self._of_database(kind, outcome).observe(seconds)
        self.spans.done(f"database {kind}", outcome, seconds)
