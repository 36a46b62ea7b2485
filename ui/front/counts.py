"""What all workers have counted, added up, for Prometheus."""

import asyncio
from collections.abc import Iterable, Mapping

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from assistant.api.problems import not_ready, respond
from ui.front.connection import WorkerGone
from ui.front.forward import request_for, whole_body
from ui.front.workers import Worker, Workers

_SECONDS = 5.0
_GROWING = ("counter", "histogram", "summary")
_Label = tuple[tuple[str, str], ...]
_Values = dict[tuple[str, _Label], float]


class Counts:
    """Answers GET /metrics: asks every worker as the caller asked, and adds samples of the same name and
    labels. The first refusal is the answer, since it goes for all of them.

    What a worker had counted when it was last asked stays in the sum after its end, so that no counter goes
    down; what it counted since is lost with it.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._seen: dict[Worker, list[Metric]] = {}
        self._past: list[list[Metric]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        request = request_for(scope, b"")
        workers = self._workers.ready()
        try:
            async with asyncio.timeout(_SECONDS):
                answers = await asyncio.gather(*(_asked(worker, request) for worker in workers))
        except (WorkerGone, TimeoutError):
            answers = []
        if not answers:
            await respond(scope, not_ready("有进程正在启动，请过几秒再试。"))(scope, receive, send)
            return
        refused = next((answer for answer in answers if answer.status_code != 200), None)
        if refused is not None:
            await refused(scope, receive, send)
            return
        body = self._added(dict(zip(workers, answers, strict=True)))
        await Response(body, media_type=CONTENT_TYPE_LATEST)(scope, receive, send)

    def _added(self, answers: Mapping[Worker, Response]) -> bytes:
        for worker, answer in answers.items():
            text = bytes(answer.body).decode()
            self._seen[worker] = list(text_string_to_metric_families(text))
        for worker in [worker for worker in self._seen if worker.process.poll() is not None]:
            gone = [metric for metric in self._seen.pop(worker) if metric.type in _GROWING]
            self._past = [list(added([*self._past, gone]))]
        own = _own(len(self._workers.ready()), self._workers.starts)
        return generate_latest(_Collected(list(added([own, *self._seen.values(), *self._past]))))


def _own(ready: int, starts: int) -> list[Metric]:
    """What the front itself knows."""
    taking = GaugeMetricFamily("policy_qa_workers", "Worker processes that take requests", value=ready)
    started = CounterMetricFamily(
        "policy_qa_worker_starts", "Worker processes that were started", value=starts
    )
    return [taking, started]


def added(expositions: Iterable[Iterable[Metric]]) -> Iterable[Metric]:
    """The metrics of several processes as one: values of the same name and labels are added, but the moment
    at which something was begun is the first of all."""
    metrics: dict[str, Metric] = {}
    values: dict[str, _Values] = {}
    for metric in (metric for metrics_of_one in expositions for metric in metrics_of_one):
        metrics.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
        of_one = values.setdefault(metric.name, {})
        for sample in metric.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            if key not in of_one:
                of_one[key] = sample.value
            elif sample.name.endswith("_created"):
                of_one[key] = min(of_one[key], sample.value)
            else:
                of_one[key] += sample.value
    for name, metric in metrics.items():
        for (sample_name, labels), value in values[name].items():
            metric.add_sample(sample_name, dict(labels), value)
    return metrics.values()


async def _asked(worker: Worker, request: bytes) -> Response:
    connection = await worker.connection()
    try:
        await connection.ask(request)
        body = await whole_body(connection)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in connection.headers}
        headers.pop("connection", None)
        return Response(body, connection.status, headers)
    finally:
        worker.release(connection)


class _Collected(Collector):
    """Metrics that were collected elsewhere, for `generate_latest`."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        """The metrics."""
        return self._metrics
