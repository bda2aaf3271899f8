package dev.millrace.server.http;

import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.port.StorageRoom;
import dev.millrace.engine.BackfillProgress;
import dev.millrace.engine.Engine;
import dev.millrace.engine.LedgerView;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.PipelineMetrics;
import dev.millrace.server.live.LiveStreams;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The meters of {@code /metrics}. Those of pipelines follow the pipelines that are there. What a
 * pipeline says is read once a scrape, so that its numbers belong together.
 */
final class Meters {
    private final Engine engine;
    private final LookupStatuses lookups;
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, PipelineMeters> byPipeline = new HashMap<>();
    private final LookupMeters lookupMeters = new LookupMeters(registry);
    private final SinkMeters sinkMeters = new SinkMeters(registry);

    Meters(
            Engine engine,
            LookupStatuses lookups,
            LiveStreams streams,
            HttpLimits limits,
            BodyMemory memory) {
        this.engine = engine;
        this.lookups = lookups;
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Gauge.builder(
                        "millrace.http.body.memory.used",
                        memory,
                        it -> limits.bodyMemoryBytes() - it.freeBytes())
                .description("Memory taken by bodies of events that are being read or stored")
                .baseUnit("bytes")
                .register(registry);
        live(streams, "readers", "streams", "Live streams open", LiveStreams::readers);
        live(streams, "feeds", "feeds", "Different queries they ask", LiveStreams::feeds);
        live(
                streams,
                "buffered",
                "bytes",
                "Messages that wait for readers or their return",
                LiveStreams::bufferedBytes);
        live(streams, "held", "bytes", "Rows held for live streams", LiveStreams::heldBytes);
        FunctionCounter.builder("millrace.live.cut.off", streams, LiveStreams::cutOff)
                .description("Readers of live streams that were too slow")
                .register(registry);
        storage("free", "bytes", "Room on the disk of the data", StorageRoom::freeBytes);
        storage("reserve", "bytes", "Room on it kept for commits", StorageRoom::reserveBytes);
        storage(
                "full",
                "flag",
                "1 while no events are taken for lack of room",
                room -> room.shortage().isPresent() ? 1 : 0);
    }

    private void live(
            LiveStreams streams,
            String name,
            String unit,
            String meaning,
            ToDoubleFunction<LiveStreams> of) {
        Gauge.builder("millrace.live." + name, streams, of)
                .description(meaning)
                .baseUnit(unit)
                .register(registry);
    }

    private void storage(
            String name, String unit, String meaning, ToDoubleFunction<StorageRoom> of) {
        Gauge.builder("millrace.storage." + name, engine, it -> of.applyAsDouble(it.room()))
                .description(meaning)
                .baseUnit(unit)
                .register(registry);
    }

    /** All meters in the text format of Prometheus. */
    synchronized String scrape() {
        List<Pipeline> pipelines = engine.pipelines();
        List<String> names = pipelines.stream().map(Pipeline::name).toList();
        byPipeline
                .entrySet()
                .removeIf(entry -> {
                    boolean gone = !names.contains(entry.getKey());
                    if (gone) {
                        entry.getValue().remove();
                    }
                    return gone;
                });
        for (Pipeline pipeline : pipelines) {
            byPipeline
                    .computeIfAbsent(pipeline.name(), name -> new PipelineMeters(pipeline))
                    .refresh(pipeline);
        }
        lookupMeters.refresh(names, lookups);
        sinkMeters.refresh(pipelines);
        return registry.scrape();
    }

    /** What one pipeline says at one moment. */
    private record Reading(PipelineMetrics metrics, LedgerView ledger, long atMs) {
        static Reading of(Pipeline pipeline) {
            return new Reading(pipeline.metrics(), pipeline.ledger(), System.currentTimeMillis());
        }

        double watermarkLagSeconds() {
            return metrics.watermarkMs().isPresent()
                    ? (atMs - metrics.watermarkMs().getAsLong()) / 1000.0
                    : Double.NaN;
        }
    }

    /** The meters of one pipeline. */
    private final class PipelineMeters {
        private final List<Meter> meters = new ArrayList<>();
        private final Tags tags;
        private Reading reading;

        PipelineMeters(Pipeline pipeline) {
            this.tags = Tags.of("pipeline", pipeline.name());
            this.reading = Reading.of(pipeline);
            counter("events.accepted", "Events accepted", r -> r.metrics().eventsAccepted());
            counter("events.rejected", "Events rejected", r -> r.metrics().eventsRejected());
            counter("events.duplicate", "Events seen before", r -> r.metrics().duplicates());
            counter("events.filtered", "Events a filter ended", r -> r.ledger().filtered());
            counter("events.completed", "Events at the end", r -> r.ledger().completed());
            counter("batches.refused", "Batches answered with 429", r -> r.metrics().refused());
            counter(
                    "groups.overflowed",
                    "Groups counted under that of the others",
                    r -> r.metrics().overflowedGroups());
            counter("commits", "Commits", r -> r.metrics().commits());
            gauge("alerts.open", "alerts", "Alerts open", r -> r.metrics().openAlerts());
            gauge(
                    "backfill.done",
                    "ratio",
                    "How much of the backfill under way is done; none where there is none",
                    r -> r.metrics().backfill().map(BackfillProgress::done).orElse(Double.NaN));
            gauge("dead.letters", "letters", "Dead letters", r -> r.metrics().deadLetters());
            gauge("dead.letters.stage", "letters", "Of them, of stages", r -> r.ledger().dead());
            for (LetterKind kind : LetterKind.values()) {
                gauge(
                        tags.and("kind", kind.wireName()),
                        "dead.letters.kind",
                        "letters",
                        "Dead letters by kind",
                        r -> r.metrics().deadLettersByKind().getOrDefault(kind, 0L));
            }
            gauge(
                    "dead.letters.sources.near.budget",
                    "sources",
                    "Sources that have used up 80 % of their budget for dead letters",
                    r -> r.metrics().sourcesNearBudget());
            gauge(
                    "dead.letters.budget.used.highest",
                    "ratio",
                    "Largest part of its budget for dead letters that a source has used up",
                    r -> r.metrics().highestBudgetShare());
            gauge("queue.depth", "events", "Events waiting", r -> r.metrics().queueDepth());
            gauge("queue.limit", "events", "Events that may wait", r -> r.metrics().queueLimit());
            gauge("queue.size", "bytes", "Size of those waiting", r -> r.metrics().queueBytes());
            gauge(
                    "throughput",
                    "events",
                    "Events processed a second",
                    r -> r.metrics().throughputPerSecond());
            gauge(
                    "watermark.lag",
                    "seconds",
                    "How far the watermark is behind the clock",
                    Reading::watermarkLagSeconds);
            gauge(
                    "dedupe.horizon",
                    "seconds",
                    "How far back a duplicate is recognised",
                    r -> r.metrics().dedupeHorizonMs() / 1000.0);
            gauge("groups.open", "groups", "Groups held", r -> r.metrics().openGroups());
            gauge("ledger.in.flight", "events", "Events in flight", r -> r.ledger().inFlight());
            gauge(
                    "ledger.balanced",
                    "flag",
                    "1 while nothing is lost",
                    r -> r.ledger().balanced() ? 1 : 0);
            latency("0.5", r -> r.metrics().latency().p50Ms());
            latency("0.99", r -> r.metrics().latency().p99Ms());
            latency("1", r -> r.metrics().latency().maxMs());
        }

        private void counter(String name, String meaning, ToDoubleFunction<Reading> value) {
            meters.add(
                    FunctionCounter.builder(
                                    "millrace." + name, this, it -> value.applyAsDouble(it.reading))
                            .tags(tags)
                            .description(meaning)
                            .register(registry));
        }

        private void gauge(
                String name, String unit, String meaning, ToDoubleFunction<Reading> value) {
            gauge(tags, name, unit, meaning, value);
        }

        private void gauge(
                Tags its,
                String name,
                String unit,
                String meaning,
                ToDoubleFunction<Reading> value) {
            meters.add(
                    Gauge.builder("millrace." + name, this, it -> value.applyAsDouble(it.reading))
                            .tags(its)
                            .baseUnit(unit)
                            .description(meaning)
                            .register(registry));
        }

        private void latency(String quantile, ToDoubleFunction<Reading> ms) {
            meters.add(
                    Gauge.builder(
                                    "millrace.latency",
                                    this,
                                    it -> ms.applyAsDouble(it.reading) / 1000.0)
                            .tags(tags.and("quantile", quantile))
                            .baseUnit("seconds")
                            .description("From receipt to the commit that made it visible")
                            .register(registry));
        }

        void refresh(Pipeline pipeline) {
            reading = Reading.of(pipeline);
        }

        void remove() {
            meters.forEach(registry::remove);
        }
    }
}
