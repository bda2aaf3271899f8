package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.pipeline.Durations;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.Plan;
import dev.millrace.core.pipeline.PlanEntry;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.PipelineProgram;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives a running pipeline its next version, through its journal. One change at a time. */
final class PipelineChange {
    private final Pipeline pipeline;
    private final PipelineProgram current;
    private final PipelineOpener opener;
    private final JournalWriter writer;
    private final long nowMs;

    PipelineChange(Pipeline pipeline, PipelineOpener opener, JournalWriter writer, long nowMs) {
        this.pipeline = pipeline;
        this.current = pipeline.parts().journal().program();
        this.opener = opener;
        this.writer = writer;
        this.nowMs = nowMs;
    }

    /**
     * Changes it, unless it comes to the same.
     *
     * @param backfill how far back new and changed aggregates are backfilled
     * @throws StorageException if it cannot be written
     */
    PutOutcome to(
            PipelineDefinition definition,
            String text,
            Map<String, String> files,
            Optional<Duration> backfill,
            boolean dryRun) {
        Plan plan = Plan.change(current.definition(), current.partitions(), definition);
        if (!plan.problems().isEmpty()) {
            return new PutOutcome.Invalid(plan.problems());
        }
        Optional<String> tooLong = backfill.flatMap(this::pastAge);
        if (tooLong.isPresent()) {
            return new PutOutcome.BackfillRefused(false, tooLong.get());
        }
        int basis = current.version().version();
        if (current.definition().equals(definition)) {
            return new PutOutcome.Same(basis, plan.entries());
        }
        if (basis >= EngineBounds.VERSIONS) {
            return PutOutcome.Invalid.tooMany(
                    "it has had %,d versions, and no more can be; put it under another name",
                    EngineBounds.VERSIONS);
        }
        PipelineVersion version =
                new PipelineVersion(basis + 1, nowMs, text, files, numbers(definition));
        PipelineProgram next = opener.program(version, definition, current.partitions());
        if (backfill.isEmpty()) {
            return make(next, plan.entries(), Optional.empty(), dryRun);
        }
        try {
            return withBackfill(next, plan, backfill.get(), dryRun);
        } finally {
            backfills().release();
        }
    }

    private BackfillRunner backfills() {
        return pipeline.parts().backfills();
    }

    private PutOutcome withBackfill(
            PipelineProgram next, Plan plan, Duration backfill, boolean dryRun) {
        PipelineStore store = pipeline.parts().store();
        long fromMs = nowMs - backfill.toMillis();
        Optional<BackfillPlan> planned =
                BackfillPlan.of(
                        store,
                        current.version(),
                        next,
                        fromMs,
                        pipeline.parts().ledger().admission().totals().endOffset());
        if (planned.isEmpty()) {
            return make(next, plan.entries(), planned, dryRun);
        }
        Optional<BackfillProgress> running = backfills().progress();
        if (running.isPresent()) {
            return new PutOutcome.BackfillRefused(
                    true,
                    "The backfill of version %d is under way, %.0f %% done; ask again when it has ended, or leave out the backfill."
                            .formatted(running.get().version(), 100 * running.get().done()));
        }
        backfills().reserve(planned.get().startOffset());
        Optional<String> pastStart = pastStart(store, next, backfill, fromMs);
        if (pastStart.isPresent()) {
            return new PutOutcome.BackfillRefused(false, pastStart.get());
        }
        Set<String> names =
                next.aggregations().stream()
                        .filter(one -> planned.get().aggregates().contains(one.number()))
                        .map(Aggregation::name)
                        .collect(Collectors.toSet());
        String since =
                "backfilled with what was received since %s, the last %s"
                        .formatted(
                                Instant.ofEpochMilli(fromMs).truncatedTo(ChronoUnit.SECONDS),
                                Durations.format(backfill));
        return make(next, plan.also(names, since).entries(), planned, dryRun);
    }

    /** Why the journal is not kept for long enough; empty if it is. */
    private Optional<String> pastAge(Duration backfill) {
        Duration kept = current.definition().retention().age();
        return backfill.compareTo(kept) <= 0
                ? Optional.empty()
                : Optional.of(
                        "A backfill of %s goes past the journal's retention of %s; ask for that at most."
                                .formatted(Durations.format(backfill), Durations.format(kept)));
    }

    /** Why the journal does not hold what is asked for; empty if it does. */
    private Optional<String> pastStart(
            PipelineStore store, PipelineProgram next, Duration backfill, long fromMs) {
        OptionalLong start = store.journalStart();
        if (start.isEmpty() || start.getAsLong() == 0) {
            return Optional.empty();
        }
        JournalSearch.Found oldest = JournalSearch.at(store, start.getAsLong());
        Duration dedupe = next.definition().dedupe();
        if (oldest == null || oldest.receivedAtMs() <= fromMs - dedupe.toMillis()) {
            return Optional.empty();
        }
        Duration possible = rounded(Duration.ofMillis(nowMs - oldest.receivedAtMs()).minus(dedupe));
        String advice =
                possible.isPositive()
                        ? "ask for %s at most".formatted(Durations.format(possible))
                        : "nothing can be backfilled yet";
        return Optional.of(
                "A backfill of %s needs the journal from %s on, with the %s before it in which duplicates are known, but it goes back to %s only: %s."
                        .formatted(
                                Durations.format(backfill),
                                Instant.ofEpochMilli(fromMs).truncatedTo(ChronoUnit.SECONDS),
                                Durations.format(dedupe),
                                Instant.ofEpochMilli(oldest.receivedAtMs()),
                                advice));
    }

    /** Down to a number that people can read. */
    private static Duration rounded(Duration exact) {
        return exact.truncatedTo(
                exact.compareTo(Duration.ofHours(3)) > 0 ? ChronoUnit.HOURS : ChronoUnit.SECONDS);
    }

    private PutOutcome make(
            PipelineProgram next,
            List<PlanEntry> plan,
            Optional<BackfillPlan> backfill,
            boolean dryRun) {
        int version = next.version().version();
        if (!dryRun) {
            OptionalLong fromMs =
                    backfill.isPresent()
                            ? OptionalLong.of(backfill.get().fromMs())
                            : OptionalLong.empty();
            byte[] record = JournalCodec.encode(new JournalRecord.Change(nowMs, version, fromMs));
            JournalWriter.Appended appended =
                    writer.append(
                            pipeline.parts().journal(),
                            new JournalRequest.Change(
                                    record, next, current.version().version(), backfill));
            if (appended != JournalWriter.Appended.DURABLE) {
                throw new StorageException(
                        "pipeline " + pipeline.name() + " was changed or deleted meanwhile");
            }
        }
        return new PutOutcome.Changed(version, plan);
    }

    /**
     * An aggregate that goes on with its state keeps its number, and so does a detector that goes
     * on watching the same; every other gets one that was never used.
     */
    private Map<String, Integer> numbers(PipelineDefinition definition) {
        int highest =
                pipeline.versions().stream()
                        .flatMap(version -> version.aggregates().values().stream())
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0);
        Map<String, Integer> numbers = new HashMap<>();
        for (Stage.Aggregate aggregate : definition.aggregates()) {
            Optional<Stage.Aggregate> before = current.definition().aggregate(aggregate.name());
            Integer kept = current.version().aggregates().get(aggregate.name());
            if (kept != null && before.map(aggregate::sharesStateWith).orElse(false)) {
                numbers.put(aggregate.name(), kept);
            } else {
                numbers.put(aggregate.name(), ++highest);
            }
        }
        for (Stage.Detect detector : definition.detectors()) {
            Optional<Stage.Detect> before = current.definition().detector(detector.name());
            boolean goesOn =
                    before.map(detector::sharesStateWith).orElse(false)
                            && Objects.equals(
                                    numbers.get(detector.of()),
                                    current.version().aggregates().get(detector.of()));
            Integer kept = current.version().aggregates().get(detector.name());
            numbers.put(detector.name(), goesOn && kept != null ? kept : ++highest);
        }
        return numbers;
    }
}
