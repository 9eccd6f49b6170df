"""Any order of claims, deaths, expiries, sweeps and cancels, checked after every step.

Workers are simulated: they claim with `claims.take`, write with `results.store` and give back with
`claims.leave`, as the shard loop does, but each of their steps may be followed by anything. The
messages between them wait in a list, where they may be repeated or lost.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.accounts.subject import Subject
from app.core.celery_app import Task
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.core.errors import Conflict
from app.experiments import claims, results, rollup, service, sweeping
from app.experiments.claims import Ask, Campaign, Held
from app.experiments.plan import Request
from app.experiments.results import Finished
from app.models import CaseState
from app.runs.case import Call, Outcome
from tests.support.apart import DELIVERIES, Apart
from tests.support.prompts import Made

ENDED = {"completed", "failed", "cancelled"}
FINAL = {"completed", "completed_with_errors", "cancelled"}
CALL = Call("completion", "openai:mock-gen", 7, 3, False, Decimal("0.01"), Decimal("0.01"), 5.0)
OUTCOMES = {
    "scored": Outcome(state=CaseState.template_error, error="stands for any end", calls=(CALL,)),
    "failed": Outcome(state=CaseState.provider_error, error="no answer"),
    "unjudged": Outcome(state=CaseState.judge_error, output="an answer", calls=(CALL,)),
}
PICK = st.integers(0, 1_000)
BATCH = st.tuples(st.lists(PICK, min_size=1, max_size=2), st.sampled_from(sorted(OUTCOMES)))
BATCHES = st.lists(BATCH, min_size=1, max_size=3)


@dataclass(eq=False)
class Worker:
    """A process that holds a shard, or believes so."""

    campaign: Campaign
    held: Held

    @property
    def asks(self) -> list[Ask]:
        return [*self.held.asks, *self.held.lost]


class LeaseMachine(RuleBasedStateMachine):
    apart: ClassVar[Apart]
    subject: ClassVar[Subject]
    made: ClassVar[Made]

    @initialize()
    def start(self) -> None:
        self.apart.sql("UPDATE shards SET state = 'cancelled'")
        self.apart.sql("UPDATE experiments SET status = 'cancelled', results = '[]'")
        self.apart.sent.clear()
        with unit_of_work(self.subject.workspace_id) as session:
            request = Request(
                prompt=self.made.prompt_id, name="machine", evaluators=[{"name": "exact"}]
            )
            experiment, _ = service.start(session, self.subject, request)
        self.experiment_id = experiment.id
        self.planned = experiment.planned
        self.workers: list[Worker] = []
        self.holders: set[tuple[UUID, int]] = set()
        self.before: dict[UUID, Any] = {row.id: row for row in self.shards()}
        self.reopened = False

    # --- what the database says ---

    def shards(self) -> list[Any]:
        return self.apart.sql(
            "SELECT *, lease_until < clock_timestamp() AS expired FROM shards"
            " WHERE experiment_id = :id ORDER BY number",
            id=self.experiment_id,
        )

    def shard(self, shard_id: UUID) -> Any:
        return next(row for row in self.shards() if row.id == shard_id)

    def experiment(self) -> Any:
        return self.apart.sql("SELECT * FROM experiments WHERE id = :id", id=self.experiment_id)[0]

    def rows(self) -> int:
        query = "SELECT count(*) FROM results WHERE experiment_id = :id"
        return self.apart.sql(query, id=self.experiment_id)[0][0]

    def holds(self, worker: Worker) -> bool:
        """Ground truth, read before the worker writes."""
        row = self.shard(worker.held.row.id)
        return (row.state, row.fence) == ("running", worker.held.row.fence)

    # --- messages ---

    def has_message(self) -> bool:
        return bool(self.apart.sent)

    @precondition(has_message)
    @rule(pick=PICK)
    def deliver(self, pick: int) -> None:
        self.receive(*self.apart.sent.pop(pick % len(self.apart.sent)))

    @precondition(has_message)
    @rule(pick=PICK)
    def lose(self, pick: int) -> None:
        del self.apart.sent[pick % len(self.apart.sent)]

    @rule(pick=PICK)
    def deliver_out_of_nowhere(self, pick: int) -> None:
        """The broker gives an old message again."""
        rows = self.shards()
        self.receive(Task.run_shard, {"shard_id": str(rows[pick % len(rows)].id)})

    @rule(pick=PICK, times=st.integers(1, 3))
    def crash(self, pick: int, times: int) -> None:
        """A shard that kills its workers before they store anything, swept or not in between."""
        shard_id = self.shards()[pick % len(self.shards())].id
        for _ in range(times):
            self.receive(Task.run_shard, {"shard_id": str(shard_id)})
            self.expire(pick)

    def receive(self, task: str, ids: dict[str, str]) -> None:
        if task == Task.roll_up:
            rollup.roll_up(UUID(ids["experiment_id"]))
            return
        if task in DELIVERIES:  # that it has ended is told to nobody here
            return
        before = {row.id: row for row in self.shards()}
        taken = claims.take(UUID(ids["shard_id"]), str(new_id()))
        if taken is not None:
            worker = Worker(*taken)
            self.claimed(before[worker.held.row.id], worker)

    def claimed(self, before: Any, worker: Worker) -> None:
        """I1: a claim is the only way in, raises the fence, and no (shard, fence) is held twice."""
        row = worker.held.row
        holder = (row.id, row.fence)
        assert before.state == "pending" or (before.state == "running" and before.expired)
        assert before.fence + 1 == row.fence
        assert holder not in self.holders
        self.holders.add(holder)
        self.workers.append(worker)

    # --- workers ---

    def has_worker(self) -> bool:
        return bool(self.workers)

    def worker(self, pick: int) -> Worker:
        return self.workers[pick % len(self.workers)]

    @precondition(has_worker)
    @rule(pick=PICK, batches=BATCHES)
    def store(self, pick: int, batches: list[tuple[list[int], str]]) -> None:
        """I2: a batch is written by the holder alone; cases of an earlier batch may be among it."""
        worker = self.worker(pick)
        asks = worker.asks
        for cases, end in batches:
            batch = [asks[case % len(asks)] for case in cases] if asks else []
            self.write(worker, [Finished(ask.address, OUTCOMES[end]) for ask in batch], None)

    @precondition(has_worker)
    @rule(pick=PICK, case=PICK)
    def mark(self, pick: int, case: int) -> None:
        """Careful mode: the case's number is stored before it is asked."""
        worker = self.worker(pick)
        if worker.asks:
            number = worker.asks[case % len(worker.asks)].address.case_no
            self.write(worker, [], [number])

    @precondition(has_worker)
    @rule(pick=PICK)
    def finish(self, pick: int) -> None:
        self.work_off(self.worker(pick))

    def work_off(self, worker: Worker) -> None:
        lost = [Finished(ask.address, claims.lost_outcome()) for ask in worker.held.lost]
        done = [Finished(ask.address, OUTCOMES["scored"]) for ask in worker.held.asks]
        self.write(worker, [*lost, *done], None)

    def write(self, worker: Worker, items: list[Finished], in_flight: list[int] | None) -> None:
        holds, rows, before = self.holds(worker), self.rows(), self.experiment()
        arms = [arm.version_id for arm in worker.campaign.arms]
        experiment = worker.campaign.experiment
        standing = results.store(worker.held.row, experiment, arms, items, in_flight=in_flight)
        if not holds:
            assert rows == self.rows(), "a worker without the lease wrote a result"
            assert before == self.experiment(), "a worker without the lease moved a counter"
        assert holds == standing.held, "a worker without the lease was told that it has it"

    @precondition(has_worker)
    @rule(pick=PICK)
    def renew(self, pick: int) -> None:
        worker = self.worker(pick)
        holds = self.holds(worker)
        lost = claims.renew([worker.held], self.subject.workspace_id)
        assert holds == (not lost)

    @precondition(has_worker)
    @rule(pick=PICK)
    def take_next(self, pick: int) -> None:
        """A loop that is done with its shard claims another."""
        worker = self.worker(pick)
        before = {row.id: row for row in self.shards()}
        held = claims.take_next(worker.campaign, str(new_id()))
        if held is not None:
            self.claimed(before[held.row.id], Worker(worker.campaign, held))

    @precondition(has_worker)
    @rule(pick=PICK)
    def leave(self, pick: int) -> None:
        """SIGTERM seen: the shard is given back, and the attempt does not count."""
        worker = self.worker(pick)
        holds, before = self.holds(worker), self.shard(worker.held.row.id)
        claims.leave(worker.campaign, [worker.held])
        after = self.shard(worker.held.row.id)
        if holds:
            assert ("pending", before.attempts - 1) == (after.state, after.attempts)
        self.workers.remove(worker)

    @precondition(has_worker)
    @rule(pick=PICK)
    def die(self, pick: int) -> None:
        self.workers.remove(self.worker(pick))

    # --- time, the sweeper, people ---

    @rule(pick=PICK)
    def expire(self, pick: int) -> None:
        """A lease's end comes; its holder may be alive and not know."""
        rows = self.shards()
        self.apart.sql(
            "UPDATE shards SET lease_until = clock_timestamp() - interval '1 s'"
            " WHERE id = :id AND state = 'running'",
            id=rows[pick % len(rows)].id,
        )

    @rule()
    def wait(self) -> None:
        """Long enough for every message to be due again."""
        ago = "clock_timestamp() - interval '1 hour'"
        self.apart.sql(f"UPDATE shards SET next_send = {ago} WHERE next_send IS NOT NULL")
        self.apart.sql(f"UPDATE experiments SET updated_at = {ago}")

    @rule()
    def sweep(self) -> None:
        sweeping.sweep()

    @rule(act=st.sampled_from(["pause", "resume", "resume", "cancel", "retry_failed"]))
    def steer(self, act: str) -> None:
        """A person pauses, resumes, cancels or retries; what is refused changes nothing."""
        before = self.experiment()
        try:
            with unit_of_work(self.subject.workspace_id) as session:
                getattr(service, act)(session, self.subject, self.experiment_id)
            self.reopened = act == "retry_failed"
        except Conflict:
            assert before == self.experiment()

    # --- what is true after every step ---

    @invariant()
    def shards_keep_their_rules(self) -> None:
        """I1 fences only grow; I4 done is complete; I5 ends stay; I7 attempts stay in bounds."""
        complete = {
            row.id: row.whole
            for row in self.apart.sql(
                "SELECT s.id, s.cases = count(r.case_no) AS whole FROM shards s LEFT JOIN results r"
                " ON r.experiment_id = s.experiment_id AND NOT r.retrying AND r.case_no >="
                " s.first_case AND r.case_no < s.first_case + s.cases"
                " WHERE s.experiment_id = :id GROUP BY s.id",
                id=self.experiment_id,
            )
        }
        for row in self.shards():
            before = self.before[row.id]
            assert row.fence >= before.fence
            assert 0 <= row.attempts <= get_settings().max_attempts
            assert (row.state == "running") == (row.lease_until is not None)
            assert (row.state == "running") == (row.owner is not None)
            assert complete[row.id] or row.state not in ENDED
            if before.state in ENDED and not self.reopened:
                assert before.state == row.state
            self.before[row.id] = row
        self.reopened = False

    @invariant()
    def states_add_up(self) -> None:
        """I3 one result a case; I7 counters are what the rows say, at every instant."""
        found = self.apart.sql(
            "SELECT case_no, state, retrying FROM results WHERE experiment_id = :id",
            id=self.experiment_id,
        )
        assert len(found) == len({row.case_no for row in found}), "two results for one case"
        counted: dict[str, int] = {}
        for row in found:
            if not row.retrying:
                counted[row.state] = counted.get(row.state, 0) + 1
        experiment = self.experiment()
        assert counted == {state: n for state, n in experiment.counts.items() if n}
        assert sum(counted.values()) <= self.planned
        if experiment.status in FINAL:
            assert self.planned == sum(counted.values())

    @invariant()
    def money_adds_up(self) -> None:
        """Every call that is stored is in the cost log, and in the experiment's sums, once."""
        calls, cost = self.apart.sql(
            "SELECT count(*), coalesce(sum(cost_usd), 0) FROM cost_entries"
            " WHERE experiment_id = :id",
            id=self.experiment_id,
        )[0]
        experiment = self.experiment()
        assert (calls, cost) == (experiment.calls, experiment.cost_usd)

    # --- and in the end ---

    def teardown(self) -> None:
        """I6: whatever happened, sweeps and healthy workers bring it to its end."""
        if not hasattr(self, "experiment_id"):
            return
        self.workers.clear()
        for _ in range(12):
            self.wait()
            for pick in range(len(self.shards())):
                self.expire(pick)
            self.steer("resume")
            self.sweep()
            messages = [*self.apart.sent]
            self.apart.sent.clear()
            for message in messages:
                self.receive(*message)
            for worker in self.workers:
                self.work_off(worker)
            self.workers.clear()
            self.states_add_up()
            experiment = self.experiment()
            if experiment.status in FINAL and experiment.results is not None:
                break
        assert self.experiment().status in FINAL
        assert self.experiment().results is not None
        self.states_add_up()
        self.money_adds_up()
