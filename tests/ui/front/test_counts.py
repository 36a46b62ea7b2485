"""Counts of several processes as one."""

from prometheus_client.parser import text_string_to_metric_families

from ui.front.counts import added

ONE = """# HELP asked_total Requests
# TYPE asked_total counter
asked_total{status="answered"} 3.0
asked_total{status="clarify"} 1.0
# TYPE asked_created gauge
asked_created{status="answered"} 100.0
# HELP seconds Time
# TYPE seconds histogram
seconds_bucket{le="0.1"} 2.0
seconds_bucket{le="+Inf"} 4.0
seconds_count 4.0
seconds_sum 1.5
"""
OTHER = """# TYPE asked_total counter
asked_total{status="answered"} 5.0
asked_total{status="blocked"} 1.0
# TYPE asked_created gauge
asked_created{status="answered"} 90.0
# TYPE seconds histogram
seconds_bucket{le="0.1"} 1.0
seconds_bucket{le="+Inf"} 1.0
seconds_count 1.0
seconds_sum 0.25
"""


def test_samples_of_the_same_name_and_labels_are_added() -> None:
    metrics = list(added(text_string_to_metric_families(text) for text in (ONE, OTHER)))
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for metric in metrics
        for sample in metric.samples
    }
    assert values == {
        ("asked_total", "answered"): 8.0,
        ("asked_total", "clarify"): 1.0,
        ("asked_total", "blocked"): 1.0,
        ("asked_created", "answered"): 90.0,
        ("seconds_bucket", "0.1"): 3.0,
        ("seconds_bucket", "+Inf"): 5.0,
        ("seconds_count",): 5.0,
        ("seconds_sum",): 1.75,
    }
    assert next(metric for metric in metrics if metric.name == "asked").documentation == "Requests"
