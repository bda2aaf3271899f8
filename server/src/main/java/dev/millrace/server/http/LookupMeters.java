package dev.millrace.server.http;

import dev.millrace.connect.lookup.LookupStatus;
import dev.millrace.connect.lookup.LookupStatus.State;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The meters of lookups, by pipeline and stage, which follow the stages that are there. */
final class LookupMeters {
    private final Map<MultiGauge, ToDoubleFunction<LookupStatus>> gauges = new LinkedHashMap<>();

    LookupMeters(MeterRegistry registry) {
        gauge(
                registry,
                "open",
                "flag",
                "1 while a source is away and its stage waits",
                status -> status.state() == State.OPEN ? 1 : 0);
        gauge(registry, "waiting", "keys", "Keys not answered yet", LookupStatus::waiting);
        gauge(registry, "hits", "keys", "Keys answered from memory", LookupStatus::hits);
        gauge(registry, "misses", "keys", "Keys that had to be fetched", LookupStatus::misses);
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String unit,
            String meaning,
            ToDoubleFunction<LookupStatus> value) {
        gauges.put(
                MultiGauge.builder("millrace.lookup." + name)
                        .baseUnit(unit)
                        .description(meaning)
                        .register(registry),
                value);
    }

    void refresh(List<String> pipelines, LookupStatuses lookups) {
        Map<Tags, LookupStatus> byStage = new LinkedHashMap<>();
        for (String pipeline : pipelines) {
            for (LookupStatus status : lookups.of(pipeline)) {
                byStage.put(Tags.of("pipeline", pipeline, "stage", status.stage()), status);
            }
        }
        gauges.forEach((gauge, value) -> {
            List<Row<?>> rows = new ArrayList<>();
            byStage.forEach((tags, status) -> rows.add(Row.of(tags, value.applyAsDouble(status))));
            gauge.register(rows, true);
        });
    }
}
