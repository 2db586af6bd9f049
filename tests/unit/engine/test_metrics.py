"""Protects: the figures of an engine add up, also in the Prometheus text."""

from pasokh.engine.metrics import Metrics


def test_counts_and_histograms_in_the_text_format() -> None:
    metrics = Metrics()
    metrics.count("commands", label='code="ok"')
    metrics.count("commands", 2, label='code="ok"')
    metrics.count("shards_led", 1)
    for value in (0.5, 5.0, 5.1, 9_999.0):
        metrics.observe("turn_ms", value)
    text = metrics.prometheus()
    assert 'pasokh_engine_commands_total{code="ok"} 3\n' in text
    assert "# TYPE pasokh_engine_shards_led gauge\npasokh_engine_shards_led 1\n" in text
    assert 'pasokh_engine_turn_ms_bucket{le="5"} 2\n' in text
    assert 'pasokh_engine_turn_ms_bucket{le="10"} 3\n' in text
    assert 'pasokh_engine_turn_ms_bucket{le="+Inf"} 4\n' in text
    assert "pasokh_engine_turn_ms_count 4\n" in text
