"""How workers acknowledge messages: where it is still possible; the rest is left to the sweeper."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import redis as transport
from kombu.transport import virtual

from app.core import logs

log = logs.get()


class ForgivingQoS(transport.QoS):
    """kombu's own, which takes a broker that goes away worse than it need be.

    A closed channel is left behind with the tasks of its messages still running. kombu's own raises
    AttributeError on it, twice: when the connection is closed, and when such a task ends. Either
    ends the worker for good, instead of letting it connect again. And a message whose
    acknowledgement failed it counts as unfinished for ever: the worker takes one job less at a
    time, and none once as many failed as it may have.
    """

    @property
    def _is_closed(self) -> bool:
        connection = self.channel.connection
        return connection is None or connection.client is None

    def ack(self, delivery_tag: str) -> None:
        if not self._is_closed:
            with self._done_anyway(delivery_tag):
                super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's
        if not self._is_closed:
            with self._done_anyway(delivery_tag):
                super().reject(delivery_tag, requeue=requeue)

    @contextmanager
    def _done_anyway(self, delivery_tag: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever the lost connection raises
            virtual.QoS.ack(self, delivery_tag)
            log.warning("message_not_acknowledged", error=type(error).__name__)

    def restore_unacked_once(self, stderr: Any = None) -> None:  # noqa: ANN401 - kombu's signature
        try:
            super().restore_unacked_once(stderr)
        except Exception as error:  # noqa: BLE001 - whatever the closed connection raises
            log.warning("messages_not_given_back", error=type(error).__name__)


def install() -> None:
    """For every connection of this process."""
    transport.Channel.QoS = ForgivingQoS
