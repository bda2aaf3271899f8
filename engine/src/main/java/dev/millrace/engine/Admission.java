package dev.millrace.engine;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.PipelineProgram;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where events come in: reads a body, admits its events whole or refuses them whole, and waits
 * until they are durable. A refusal is honest: it says how long the queue takes to drain at the
 * measured rate, and what it waits for. Safe for use by many threads.
 */
final class Admission {
    private static final int RETRY_AFTER_SECONDS_MAX = 300;
    static final int REJECTIONS_LISTED = 100;

    /** Letters go when somebody replays or deletes them, which takes people a while. */
    private static final int LETTERS_RETRY_AFTER_SECONDS = 60;

    private final PipelineParts parts;
    private final JournalWriter writer;
    private final Throttle throttle;
    private final Supplier<Optional<String>> trouble;
    private final LongAdder refused = new LongAdder();

    /**
     * @param trouble why no events can be taken; empty while they can
     */
    Admission(PipelineParts parts, JournalWriter writer, Supplier<Optional<String>> trouble) {
        this.parts = parts;
        this.writer = writer;
        this.throttle = new Throttle(parts.depth());
        this.trouble = trouble;
    }

    /** Batches refused for want of room, since the start. */
    long refused() {
        return refused.sum();
    }

    /** Blocks until the events are durable; {@code body} is kept. */
    IngestOutcome ingest(byte[] body, int length, BodyFormat format, boolean history) {
        while (true) {
            Optional<String> reason = trouble.get();
            if (reason.isPresent()) {
                return new IngestOutcome.Unavailable(reason.get());
            }
            PipelineProgram program = parts.journal().program();
            long receivedAtMs = parts.clock().epochMs();
            switch (program.reader().read(body, length, format, receivedAtMs)) {
                case ReadResult.Malformed malformed -> {
                    return new IngestOutcome.Malformed(malformed.detail());
                }
                case ReadResult.TooLarge tooLarge -> {
                    return new IngestOutcome.TooLarge(tooLarge.detail());
                }
                case ReadResult.Read read -> {
                    Optional<IngestOutcome> outcome = append(program, read, receivedAtMs, history);
                    if (outcome.isPresent()) {
                        return outcome.get();
                    }
                }
            }
        }
    }

    /**
     * Takes a message that is larger than an event may be, cut, as a dead letter of kind {@code
     * invalid}. Blocks until that is durable.
     */
    IngestOutcome rejectTooLarge(byte[] message, String detail) {
        while (true) {
            Optional<String> reason = trouble.get();
            if (reason.isPresent()) {
                return new IngestOutcome.Unavailable(reason.get());
            }
            PipelineProgram program = parts.journal().program();
            long receivedAtMs = parts.clock().epochMs();
            ReadResult.Read read = program.reader().tooLarge(message, detail, receivedAtMs);
            Optional<IngestOutcome> outcome = append(program, read, receivedAtMs, false);
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
    }

    /** Empty if the pipeline has got another version since the body was read. */
    private Optional<IngestOutcome> append(
            PipelineProgram program, ReadResult.Read read, long receivedAtMs, boolean history) {
        int accepted = read.batch().size();
        int rejected = read.rejections().size();
        var done =
                new IngestOutcome.Accepted(
                        accepted,
                        rejected,
                        read.rejections().subList(0, Math.min(rejected, REJECTIONS_LISTED)));
        if (read.received() == 0) {
            return Optional.of(done);
        }
        Optional<IngestOutcome> full = refusedForASink(program);
        if (full.isPresent()) {
            refused.increment();
            return full;
        }
        Optional<IngestOutcome> spent = refusedForItsLetters(program, read);
        if (spent.isPresent()) {
            refused.increment();
            return spent;
        }
        int bytes = read.batch().payloadLength();
        throttle.slowDown(program.definition().queueLimit());
        if (accepted > 0
                && !parts.depth().tryEnter(accepted, bytes, program.definition().queueLimit())) {
            refused.increment();
            return Optional.of(queueFull(accepted, program.definition().queueLimit()));
        }
        int live = history ? 0 : accepted;
        parts.depth().enterLive(live);
        boolean published = false;
        try {
            byte[] record =
                    JournalCodec.encodeEvents(
                            receivedAtMs,
                            program.version().version(),
                            read.received(),
                            rejected,
                            history,
                            read.batch().payloadBuffer());
            var request =
                    new JournalRequest.Events(
                            record, program, read.batch().history(history), read.rejections());
            JournalWriter.Appended appended = writer.append(parts.journal(), request);
            published = appended == JournalWriter.Appended.DURABLE;
            if (published && rejected > 0) {
                parts.budgets().writtenOf(rejectedSources(read));
            }
            return switch (appended) {
                case DURABLE -> Optional.of(done);
                case STALE -> Optional.empty();
                case GONE ->
                        Optional.of(
                                new IngestOutcome.Unavailable(
                                        "the pipeline was deleted meanwhile"));
            };
        } catch (StorageException failed) {
            return Optional.of(new IngestOutcome.Unavailable(String.valueOf(failed.getMessage())));
        } finally {
            if (!published && accepted > 0) {
                parts.depth().leaveLive(live);
                parts.depth().leave(accepted, bytes);
            }
        }
    }

    /** What is taken is put out, so a sink that is full holds all of the pipeline back. */
    private Optional<IngestOutcome> refusedForASink(PipelineProgram program) {
        return parts.sinks()
                .full()
                .map(its ->
                        new IngestOutcome.QueueFull(
                                parts.depth().events(),
                                program.definition().queueLimit(),
                                its.seconds(),
                                "sink:" + its.sink()));
    }

    /** A batch is refused whole, so that a source cannot hide behind another. */
    private Optional<IngestOutcome> refusedForItsLetters(
            PipelineProgram program, ReadResult.Read read) {
        if (!parts.budgets().isAnySpent()) {
            return Optional.empty();
        }
        return Stream.concat(
                        rejectedSources(read).map(parts.budgets()::spent),
                        sources(read.batch())
                                .map(parts.budgets()::spent)
                                // A source that has no letter yet does not answer for the others.
                                .map(spent -> spent.filter(its -> !its.shared())))
                .flatMap(Optional::stream)
                .findFirst()
                .map(its ->
                        new IngestOutcome.LettersFull(
                                parts.depth().events(),
                                program.definition().queueLimit(),
                                LETTERS_RETRY_AFTER_SECONDS,
                                its.source(),
                                parts.budgets().refusal(its)));
    }

    private static Stream<String> rejectedSources(ReadResult.Read read) {
        return read.rejections().stream()
                .map(rejection -> Objects.requireNonNullElse(rejection.source(), ""))
                .distinct();
    }

    private static Stream<String> sources(EventBatch batch) {
        Event event = new Event(batch.projection());
        return IntStream.range(0, batch.size())
                .mapToObj(index -> event.moveTo(batch, index).source())
                .distinct();
    }

    private IngestOutcome.QueueFull queueFull(int events, int limit) {
        long depth = parts.depth().events();
        long tooMany = Math.max(1, depth + events - limit);
        return new IngestOutcome.QueueFull(
                depth,
                limit,
                parts.drained().secondsFor(tooMany, RETRY_AFTER_SECONDS_MAX),
                bottleneck());
    }

    /**
     * What most of the waiting events wait for: a handler that hangs, or answers from elsewhere;
     * else the stage that takes the most time, or the storage.
     */
    String bottleneck() {
        Optional<String> hanging = parts.handlers().hangingStage(parts.store().pipeline());
        if (hanging.isPresent()) {
            return "stage:" + hanging.get();
        }
        Optional<String> awaited = awaitedStage();
        if (awaited.isPresent()) {
            return "stage:" + awaited.get();
        }
        long published = parts.runners().stream().mapToLong(PartitionRunner::waitingEvents).sum();
        boolean mostAwaitStorage = parts.depth().events() > 2 * published;
        List<Stage> stages = parts.journal().program().definition().stages();
        if (mostAwaitStorage || stages.isEmpty()) {
            return "storage";
        }
        int slowest =
                IntStream.range(0, stages.size())
                        .boxed()
                        .max(Comparator.comparingDouble(this::nanosIn))
                        .orElse(0);
        return "stage:" + stages.get(slowest).name();
    }

    /** The stage whose answers keep at least half of all events waiting. */
    private Optional<String> awaitedStage() {
        Map<String, Long> behind = new HashMap<>();
        for (PartitionRunner runner : parts.runners()) {
            runner.awaitedStage()
                    .ifPresent(stage -> behind.merge(stage, runner.waitingEvents(), Long::sum));
        }
        return behind.entrySet().stream()
                .filter(stage -> 2 * stage.getValue() >= parts.depth().events())
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    private double nanosIn(int stage) {
        return parts.runners().stream()
                .mapToDouble(runner -> runner.stageClock().nanosIn(stage))
                .sum();
    }
}
