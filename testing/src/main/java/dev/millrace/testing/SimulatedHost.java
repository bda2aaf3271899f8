package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.event.Rejection;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.IdleTicks;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.TaskRecord;
import dev.millrace.testing.OraclePipeline.Change;
import dev.millrace.testing.OraclePipeline.Discard;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.History;
import dev.millrace.testing.OraclePipeline.Input;
import dev.millrace.testing.OraclePipeline.Replay;
import dev.millrace.testing.OraclePipeline.Watermark;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A host on simulated time: admits bodies, lets partitions work, ticks the idle ones, commits and
 * crashes as it is told, and notes for the oracle what happened to each partition.
 */
final class SimulatedHost {
    /** Where a crash comes. */
    enum Crash {
        BETWEEN_RECORDS,
        BETWEEN_HANDOVER_AND_COMMIT,
        COMMIT_LOST,
        COMMIT_WRITTEN
    }

    /** How far silence may move time between two ticks. */
    private static final long TICK_MS_MAX = 200;

    private final Programs programs;
    private final List<SimulatedPipeline> versions = new ArrayList<>();
    private final SimulatedClock clock;
    private final Feed feed;
    private final InputLog log;
    private final int partitions;

    /** The events of the feed's records, by the index of the entry. */
    private final Map<Integer, List<Input>> events = new HashMap<>();

    /** The patches of the feed's replays, likewise. */
    private final Map<Integer, Map<String, @Nullable Object>> patches = new HashMap<>();

    private final long[] lastEventNanos;
    private long lastBeatMs;
    private MemoryStorage storage = new MemoryStorage();
    private Host host;
    private IdleTicks ticks;

    SimulatedHost(SimulatedPipeline first, int partitions, SimulatedClock clock) {
        this.programs = new Programs(first.definition(), partitions);
        this.versions.add(first);
        this.clock = clock;
        this.feed = new Feed(programs);
        this.partitions = partitions;
        this.log = new InputLog(partitions);
        this.lastEventNanos = new long[partitions];
        this.host = new Host(feed, storage.create("pipeline", programs.version(1).version()));
        this.ticks = new IdleTicks(clock.nanos());
        this.lastBeatMs = clock.nowMs();
        Arrays.fill(lastEventNanos, clock.nanos());
    }

    /**
     * Admits a body, but for the events whose timestamps lie too far ahead.
     *
     * @param history whether it holds old events, loaded beside the live ones
     */
    void receive(List<Step.Sent> body, boolean history) {
        byte[] lines =
                body.stream()
                        .map(Step.Sent::json)
                        .collect(Collectors.joining("\n"))
                        .getBytes(StandardCharsets.UTF_8);
        long receivedAtMs = clock.wallMs();
        PipelineProgram program = programs.newest();
        ReadResult.Read read =
                (ReadResult.Read)
                        program.reader().read(lines, lines.length, BodyFormat.NDJSON, receivedAtMs);
        long latestMs = receivedAtMs + versions.getLast().maxSkewMs();
        List<Integer> future =
                IntStream.range(0, body.size())
                        .filter(i -> body.get(i).timestampMs() > latestMs)
                        .boxed()
                        .toList();
        assertThat(read.rejections()).map(Rejection::index).as("future events").isEqualTo(future);
        assertThat(read.rejections()).allMatch(one -> one.code() == Rejection.Code.FUTURE);
        events.put(
                feed.size(),
                IntStream.range(0, body.size())
                        .filter(i -> !future.contains(i))
                        .mapToObj(i -> event(body.get(i), receivedAtMs))
                        .<Input>map(event -> history ? new History(event) : event)
                        .toList());
        feed.append(
                new JournalRecord.Events(
                        receivedAtMs,
                        program.version().version(),
                        read.received(),
                        read.rejections().size(),
                        history,
                        read.batch().payload()),
                future.stream().map(i -> body.get(i).source()).toList());
    }

    private static Event event(Step.Sent sent, long receivedAtMs) {
        return new Event(sent.id(), sent.source(), sent.timestampMs(), receivedAtMs, sent.data());
    }

    void advance(long toMs) {
        feed.append(new JournalRecord.Advance(clock.wallMs(), toMs));
    }

    void change(SimulatedPipeline next) {
        versions.add(next);
        int version = programs.add(next.definition()).version().version();
        feed.append(new JournalRecord.Change(clock.wallMs(), version));
    }

    /**
     * Tries letters again.
     *
     * @param patch fields of {@code data} that are set before, or removed by null
     */
    void replay(List<LetterId> letters, Map<String, @Nullable Object> patch) {
        patches.put(feed.size(), patch);
        byte[] json = JsonText.of(Map.of("data", patch)).getBytes(StandardCharsets.UTF_8);
        feed.append(
                new JournalRecord.Replay(
                        clock.wallMs(), "r", host.refs(letters), patch.isEmpty() ? null : json));
    }

    void discard(List<LetterId> letters) {
        feed.append(new JournalRecord.Discard(clock.wallMs(), "d", letters));
    }

    /** Those that are committed. */
    List<LetterId> letters() {
        return host.storedLetters().stream().map(DeadLetter::id).toList();
    }

    boolean hasWork() {
        return host.hasMore();
    }

    boolean hasWork(int partition) {
        return host.hasMore(partition);
    }

    /** Has a partition take its next record. */
    void work(int partition) {
        int index = host.position(partition);
        host.process(partition);
        for (Input input : inputs(index, partition)) {
            log.add(partition, input);
            if (input instanceof Event) {
                lastEventNanos[partition] = clock.nanos();
            }
        }
    }

    private List<Input> inputs(int index, int partition) {
        return switch (feed.entry(index).record()) {
            case TaskRecord.Events(EventBatch batch, long _, long _) ->
                    Arrays.stream(batch.eventsOf(partition))
                            .mapToObj(events.getOrDefault(index, List.of())::get)
                            .toList();
            case TaskRecord.Advance(long toMs, long _) -> List.of(new Watermark(toMs));
            case TaskRecord.Change change ->
                    List.of(new Change(oracle(change.program().version().version())));
            case TaskRecord.Replay replay ->
                    List.of(
                            new Replay(
                                    numbers(replay.letters(), partition),
                                    patches.getOrDefault(index, Map.of())));
            case TaskRecord.Discard discard ->
                    List.of(new Discard(numbers(discard.letters(), partition)));
            case TaskRecord.Tick tick -> throw new IllegalStateException("in the feed: " + tick);
        };
    }

    private OraclePipeline oracle(int version) {
        return versions.get(version - 1).oracle();
    }

    private static List<Long> numbers(List<LetterId> letters, int partition) {
        return letters.stream()
                .filter(id -> id.partition() == partition)
                .map(LetterId::sequence)
                .toList();
    }

    /** Ticks idle partitions, and holds what comes of it against the rule. */
    void beat() {
        List<IdleTicks.Partition> seen = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            boolean idle = !hasWork(i) && clock.nanos() - lastEventNanos[i] >= IdleTicks.IDLE_NANOS;
            seen.add(new IdleTicks.Partition(host.watermarkMs(i), idle));
        }
        for (IdleTicks.Tick tick : ticks.beat(clock.nanos(), !hasWork(), seen)) {
            host.tick(tick.partition(), tick.toMs());
            log.add(tick.partition(), new Watermark(tick.toMs()));
        }
        long elapsedMs = Math.min(TICK_MS_MAX, clock.nowMs() - lastBeatMs);
        lastBeatMs = clock.nowMs();
        for (int i = 0; i < partitions; i++) {
            assertThat(host.watermarkMs(i))
                    .as("watermark of partition %d of %s after %d ms", i, seen, elapsedMs)
                    .isEqualTo(
                            elapsedMs == 0
                                    ? seen.get(i).watermarkMs()
                                    : ticked(i, seen, elapsedMs));
        }
    }

    /** Where a tick takes a watermark, after the page that describes time. */
    private static long ticked(int partition, List<IdleTicks.Partition> seen, long elapsedMs) {
        IdleTicks.Partition one = seen.get(partition);
        boolean allIdle = seen.stream().allMatch(IdleTicks.Partition::idle);
        long slowestMs =
                seen.stream()
                        .filter(other -> allIdle || !other.idle())
                        .mapToLong(IdleTicks.Partition::watermarkMs)
                        .filter(watermarkMs -> watermarkMs > Long.MIN_VALUE)
                        .min()
                        .orElse(Long.MIN_VALUE);
        if (!one.idle()) {
            return one.watermarkMs();
        }
        return allIdle && one.watermarkMs() > Long.MIN_VALUE
                ? one.watermarkMs() + elapsedMs
                : Math.max(one.watermarkMs(), slowestMs);
    }

    /**
     * Commits.
     *
     * @param meanwhile what goes on between handover and write
     */
    void commit(Runnable meanwhile) {
        int[] reached = log.mark();
        Host.Begun begun = host.handOver();
        meanwhile.run();
        Host.Committed _ = host.commit(begun);
        log.commit(reached);
    }

    /** Dies, and is dead until {@link #restart}. */
    void crash(Crash where, Runnable meanwhile) {
        int[] reached = log.mark();
        switch (where) {
            case BETWEEN_RECORDS -> {}
            case BETWEEN_HANDOVER_AND_COMMIT -> {
                Host.Begun _ = host.handOver();
                meanwhile.run();
            }
            case COMMIT_LOST -> failCommit(MemoryStorage.Fault.NOT_WRITTEN, meanwhile);
            case COMMIT_WRITTEN -> {
                failCommit(MemoryStorage.Fault.WRITTEN, meanwhile);
                log.commit(reached);
            }
        }
        log.crash();
        storage = storage.reopened();
    }

    private void failCommit(MemoryStorage.Fault fault, Runnable meanwhile) {
        Host.Begun begun = host.handOver();
        meanwhile.run();
        storage.failWrite(1, fault);
        try {
            Host.Committed unexpected = host.commit(begun);
            throw new AssertionError("a commit was told to fail, but made " + unexpected);
        } catch (StorageException told) {
            // The process is gone with it.
        }
    }

    /** Takes up what the last commit left. */
    void restart() {
        host = new Host(feed, storage.pipelines().getFirst());
        ticks = new IdleTicks(clock.nanos());
        lastBeatMs = clock.nowMs();
        Arrays.fill(lastEventNanos, clock.nanos());
    }

    /** Whether the committed work of all partitions ended under one version. */
    boolean isOfOneVersion() {
        return log.committed().stream()
                        .map(inputs -> inputs.stream().filter(Change.class::isInstance).count())
                        .distinct()
                        .count()
                == 1;
    }

    /**
     * Holds what is committed, as a reader with the host's clock sees it, against what the oracle
     * makes of what happened. Only where all partitions are {@linkplain #isOfOneVersion of one
     * version}.
     *
     * @throws AssertionError that says the first difference
     */
    void compare() {
        Differences.none(
                host.observe(List.of(), List.of(), clock.wallMs()),
                Oracle.judge(versions.getFirst().oracle(), log.committed(), clock.wallMs()));
    }
}
