package dev.millrace.server.http;

import dev.millrace.engine.Pipeline;
import dev.millrace.engine.SinkStatus;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The meters of sinks, which follow the sinks that are there. One thread at a time. */
final class SinkMeters {
    private final MeterRegistry registry;
    private final Map<Place, Its> bySink = new HashMap<>();

    private record Place(String pipeline, String sink) {}

    SinkMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void refresh(List<Pipeline> pipelines) {
        Map<Place, SinkStatus> now = new HashMap<>();
        for (Pipeline pipeline : pipelines) {
            pipeline.sinks()
                    .forEach(sink -> now.put(new Place(pipeline.name(), sink.name()), sink));
        }
        bySink.entrySet()
                .removeIf(entry -> {
                    boolean gone = !now.containsKey(entry.getKey());
                    if (gone) {
                        entry.getValue().remove();
                    }
                    return gone;
                });
        now.forEach((place, status) ->
                bySink.computeIfAbsent(place, _ -> new Its(place, status)).status = status);
    }

    /** The meters of one sink. */
    private final class Its {
        private final List<Meter> meters = new ArrayList<>();
        private final Tags tags;
        private SinkStatus status;

        Its(Place place, SinkStatus status) {
            this.tags = Tags.of("pipeline", place.pipeline(), "sink", place.sink());
            this.status = status;
            gauge("lag", "items", "Items that wait", SinkStatus::lagItems);
            gauge("lag.size", "bytes", "Size of those that wait", SinkStatus::lagBytes);
            gauge(
                    "lag.age",
                    "seconds",
                    "How long the oldest of them has waited",
                    it -> it.lagMs() / 1000.0);
            gauge("budget", "bytes", "What may wait", SinkStatus::budgetBytes);
            gauge("throughput", "items", "Items delivered a second", SinkStatus::perSecond);
            gauge(
                    "running",
                    "flag",
                    "1 while it delivers",
                    it -> it.state() == SinkStatus.State.RUNNING ? 1 : 0);
            gauge(
                    "breaker.open",
                    "flag",
                    "1 while its system counts as away",
                    it -> it.breaker() == SinkStatus.Breaker.CLOSED ? 0 : 1);
            counter("delivered", "Items delivered", SinkStatus::delivered);
            counter("retries", "Deliveries tried again", SinkStatus::retries);
            counter("refused", "Items that became dead letters", SinkStatus::refused);
        }

        private void gauge(
                String name, String unit, String meaning, ToDoubleFunction<SinkStatus> value) {
            meters.add(
                    Gauge.builder(
                                    "millrace.sink." + name,
                                    this,
                                    it -> value.applyAsDouble(it.status))
                            .tags(tags)
                            .baseUnit(unit)
                            .description(meaning)
                            .register(registry));
        }

        private void counter(String name, String meaning, ToDoubleFunction<SinkStatus> value) {
            meters.add(
                    FunctionCounter.builder(
                                    "millrace.sink." + name,
                                    this,
                                    it -> value.applyAsDouble(it.status))
                            .tags(tags)
                            .description(meaning)
                            .register(registry));
        }

        void remove() {
            meters.forEach(registry::remove);
        }
    }
}
