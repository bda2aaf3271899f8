package dev.millrace.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.testing.fault.Book.Batch;
import dev.millrace.testing.fault.Book.State;
import dev.millrace.testing.fault.Injury.DiskFull;
import dev.millrace.testing.fault.Injury.Kill;
import dev.millrace.testing.fault.Injury.KillAtFailpoint;
import dev.millrace.testing.fault.Injury.KillWhileStarting;
import dev.millrace.testing.fault.Injury.Pause;
import dev.millrace.testing.fault.Injury.PowerLoss;
import dev.millrace.testing.fault.Injury.SlowSync;
import dev.millrace.testing.fault.Injury.SyncError;
import dev.millrace.testing.fault.Injury.SystemRestart;
import dev.millrace.testing.fault.Injury.WrongClock;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerApi.Answer;
import dev.millrace.testing.server.ServerCommand;
import dev.millrace.testing.server.ServerProcess;
import dev.millrace.testing.system.Restartable;

import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * One data directory, one book, and rounds in which a server is started on the directory, sent
 * events to, and injured. Whenever a server is up and nobody sends, all that it shows is held
 * against the book. One thread.
 *
 * <p>A seed gives the same events, injuries and moments again; how far the server has come by then
 * is up to the machine.
 */
public final class FaultRun implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    private static final Duration REACHED_WITHIN = Duration.ofSeconds(60);

    /** Many times what any place in the server is reached with. */
    private static final int ACKNOWLEDGED_BEFORE_MAX = 50_000;

    private static final int REPLAYED_AT_ONCE = 1_000;

    /** Before the injury: requests that are acknowledged, and then a while. */
    private static final int ACKNOWLEDGED_MAX = 80;

    private static final int MOMENT_MS_MAX = 300;

    /** So many that it is no accident. */
    private static final int REFUSALS = 21;

    private final ServerCommand command;
    private final Path folder;
    private final Path data;
    private final Random random;
    private final FaultSinks sinks;
    private final FaultPipeline pipeline;
    private final Book book = new Book();
    private final FaultReport report = new FaultReport();
    private final long beganNanos = System.nanoTime();
    private long stoppedNanos;
    private int traces;
    private @Nullable ServerProcess server;

    /**
     * @param command starts the server
     * @param folder for what the run writes; the data directory is {@code data} in it
     * @param sinks of the pipeline; whenever a server is held against the book, their systems are
     *     held against the server
     */
    public FaultRun(ServerCommand command, Path folder, long seed, FaultSinks sinks) {
        this.command = command;
        this.folder = folder;
        this.data = folder.resolve("data");
        this.random = new Random(seed);
        this.sinks = sinks;
        this.pipeline = new FaultPipeline(seed, sinks.definitions());
    }

    /** What has been done and found so far. */
    public FaultReport report() {
        return report;
    }

    public Book book() {
        return book;
    }

    /** The data directory. */
    public Path data() {
        return data;
    }

    /**
     * Sees that a server is up, holds it against the book, and injures it while clients send. Where
     * it survives, it is held against the book again.
     *
     * @throws AssertionError if anything is not as it must be
     */
    public void round(Injury injury) {
        if (injury.needsStart()) {
            stop();
        }
        report.injured(injury);
        switch (injury) {
            case Kill _ -> whileSending(started(command), (running, _) -> kill(running));
            case KillWhileStarting(Duration after) -> {
                ServerProcess starting = launch(command);
                boolean _ = starting.isReadyWithin(after);
                kill(starting);
            }
            case KillAtFailpoint at -> endAtFailpoint(at);
            case PowerLoss _ -> losePower();
            case SyncError(String when) ->
                    whileSending(
                            started(command), (running, load) -> failSyncs(running, load, when));
            case SlowSync slow ->
                    whileSending(
                            started(command), (running, load) -> slowDown(running, load, slow));
            case DiskFull(LoopDisk disk) ->
                    whileSending(started(command), (running, load) -> fill(running, load, disk));
            case Pause(Duration duration) ->
                    whileSending(started(command), (running, _) -> pause(running, duration));
            case WrongClock clock -> setClock(clock);
            case SystemRestart(Restartable system) ->
                    whileSending(
                            started(command),
                            (running, load) -> {
                                system.restart();
                                awaitAnswers(running, load);
                            });
        }
    }

    /** What is done to a server while clients send to it. */
    private interface Deed {
        void to(ServerProcess running, Load load);
    }

    private void whileSending(ServerProcess running, Deed deed) {
        settle(running);
        try (Load load = Load.on(running.api(), book, pipeline, random)) {
            awaitMoment(running, load);
            deed.to(running, load);
            load.stop();
            report.answered(load.acknowledgements(), load.refusals());
        }
        if (server != null) {
            inspect(running);
        }
    }

    /** A random one, by what has been done, so that a busy machine comes to it later. */
    private void awaitMoment(ServerProcess running, Load load) {
        int enough = random.nextInt(ACKNOWLEDGED_MAX);
        try {
            awaitWithLoad(
                    "acknowledgements",
                    load,
                    () -> load.acknowledgements() >= enough || !running.isAlive());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "%d of %d requests were acknowledged, the last refusal is %s; the server is %s"
                            .formatted(
                                    load.acknowledgements(),
                                    enough,
                                    load.lastRefusal(),
                                    running.diagnosis()),
                    e);
        }
        pass(Duration.ofMillis(random.nextInt(MOMENT_MS_MAX)));
    }

    /** Patient as long as requests go on to be acknowledged. */
    private static void awaitWithLoad(String what, Load load, BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            long before = load.acknowledgements();
            assertThat(before).as("without %s", what).isLessThan(ACKNOWLEDGED_BEFORE_MAX);
            await(what)
                    .atMost(REACHED_WITHIN)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> reached.getAsBoolean() || load.acknowledgements() > before);
        }
    }

    /** One that is up already, or one that is started now. */
    private ServerProcess started(ServerCommand by) {
        if (server != null) {
            return server;
        }
        ServerProcess starting = launch(by);
        if (!starting.isReadyWithin(READY_WITHIN)) {
            throw new AssertionError("the server did not become ready: " + starting.diagnosis());
        }
        return starting;
    }

    private ServerProcess launch(ServerCommand by) {
        ServerProcess starting = ServerProcess.launch(by, data);
        server = starting;
        return starting;
    }

    /**
     * Sees that the pipeline is there, holds what is there against the book, and sends again what
     * was not acknowledged, before anything new.
     *
     * @throws UncheckedIOException if the server ends meanwhile
     */
    private void settle(ServerProcess running) {
        ServerApi api = running.api();
        Answer put = api.put(FaultPipeline.NAME, pipeline.failing());
        assertThat(put.status()).as("%s", put).isIn(200, 201);
        inspect(running);
        report.unknown(book.counts().unknown());
        try (Load again = Load.idle(api, book, pipeline)) {
            for (Batch batch : book.open()) {
                if (again.send(batch) != State.ACKNOWLEDGED) {
                    throw new UncheckedIOException(
                            new IOException(
                                    "%s is not acknowledged, but %s; the server said%n%s"
                                            .formatted(
                                                    batch, again.lastRefusal(), running.output())));
                }
            }
            again.stop();
        }
    }

    private void inspect(ServerProcess running) {
        Inspection.Findings found = Inspection.of(running.api(), book, pipeline);
        long runNanos = System.nanoTime() - beganNanos - stoppedNanos;
        long newestMs =
                found.stored().stream()
                        .mapToLong(pipeline::timestampMs)
                        .max()
                        .orElse(Long.MIN_VALUE);
        // Only time that passes in silence moves it further than events do.
        assertThat(found.watermarkMs())
                .as("the watermark, of events until %d", newestMs)
                .isLessThanOrEqualTo(
                        Math.max(0, newestMs - FaultPipeline.OUT_OF_ORDER_MS)
                                + TimeUnit.NANOSECONDS.toMillis(runNanos));
        report.found(found);
        inspectSinks(running.api());
    }

    /** Rows go on to change in silence, as windows close. */
    private void inspectSinks(ServerApi api) {
        if (!sinks.definitions().isEmpty()) {
            await("the systems of the sinks hold what the API shows")
                    .atMost(REACHED_WITHIN)
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(() -> {
                        assertThat(lag(api)).as("what waits for sinks").isZero();
                        sinks.requireSame(api);
                    });
        }
    }

    private static long lag(ServerApi api) {
        return api.get(FaultPipeline.NAME + "/sinks").hasStatus(200).list("sinks").stream()
                .mapToLong(sink -> (long) sink.getOrDefault("lag", 0L))
                .sum();
    }

    private void kill(ServerProcess running) {
        running.kill9();
        server = null;
    }

    private void endAtFailpoint(KillAtFailpoint at) {
        ServerProcess starting = launch(command.with(at.place().option(at.hit())));
        if (starting.isReadyWithin(READY_WITHIN)) {
            try {
                whileSending(
                        starting,
                        (running, load) ->
                                awaitWithLoad(
                                        at.place() + " is reached",
                                        load,
                                        () -> !running.isAlive()));
            } catch (UncheckedIOException ended) {
                // It was reached before anything new was sent.
            }
        }
        assertThat(starting.exitCode()).as("%s", starting.output()).isEqualTo(137);
        assertThat(starting.output()).contains("failpoint " + at.place() + " is reached");
        server = null;
    }

    private void losePower() {
        SyncTrace trace = new SyncTrace(folder.resolve("trace-" + traces++));
        ServerProcess running = started(command.wrappedBy(trace.wrapper()));
        whileSending(running, (_, _) -> kill(running));
        report.cut(trace.cutToLastSync(running.pid()));
    }

    private void failSyncs(ServerProcess running, Load load, String when) {
        Path log = folder.resolve("strace-" + traces++);
        try (Strace strace = Strace.failingSyncs(running.pid(), when, log)) {
            await("a sync that fails")
                    .atMost(REACHED_WITHIN)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> strace.injected() > 0);
            if (!strace.hasInjectedIntoLog()) {
                // One in the background is heard of a moment later.
                awaitRefusals(load, 1);
            }
            load.forbidAcknowledgements();
            awaitRefusals(load, REFUSALS);
            report.syncsFailed(strace.injected());
        }
        // The disk is well again; only a restart may make it count.
        awaitRefusals(load, REFUSALS);
        requireReadable(running);
        if (random.nextBoolean()) {
            kill(running);
        } else {
            int _ = running.terminate();
            server = null;
        }
    }

    private void slowDown(ServerProcess running, Load load, SlowSync slow) {
        Path log = folder.resolve("strace-" + traces++);
        try (Strace strace = Strace.slowSyncs(running.pid(), slow.delay(), log)) {
            await("a slow sync").atMost(REACHED_WITHIN).until(() -> strace.injected() > 0);
            pass(slow.duration());
        }
        awaitAnswers(running, load);
    }

    /** Once there is room again it takes events again, without a restart. */
    private static void fill(ServerProcess running, Load load, LoopDisk disk) {
        disk.fill();
        try {
            awaitRefusals(load, REFUSALS);
            requireReadable(running);
        } finally {
            disk.empty();
        }
        awaitAnswers(running, load);
    }

    private static void awaitRefusals(Load load, int further) {
        long before = load.refusals();
        await("refusals").atMost(REACHED_WITHIN).until(() -> load.refusals() >= before + further);
    }

    private static void requireReadable(ServerProcess running) {
        Answer rows = running.api().get(FaultPipeline.NAME + "/aggregates/arrivals");
        assertThat(rows.status()).as("reads go on").isEqualTo(200);
    }

    private void pause(ServerProcess running, Duration duration) {
        long begin = System.nanoTime();
        running.stopFor((int) duration.toSeconds());
        stoppedNanos += System.nanoTime() - begin;
        pass(Duration.ofMillis(500));
    }

    private void setClock(WrongClock clock) {
        FakeClock fake = new FakeClock(folder.resolve("clock"));
        whileSending(
                started(command.with(fake.environment())),
                (running, load) -> {
                    for (Duration ahead : clock.ahead()) {
                        fake.set(ahead);
                        pass(FakeClock.NOTICED_WITHIN.plusMillis(500));
                        awaitAnswers(running, load);
                    }
                });
        stop();
    }

    private static void awaitAnswers(ServerProcess running, Load load) {
        long before = load.acknowledgements();
        try {
            await("an acknowledgement")
                    .atMost(REACHED_WITHIN)
                    .until(() -> load.acknowledgements() > before);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "nothing is acknowledged any more, the last refusal is %s; the server is %s"
                            .formatted(load.lastRefusal(), running.diagnosis()),
                    e);
        }
    }

    /** SIGTERM, if a server is up: it must end well. */
    public void stop() {
        ServerProcess running = server;
        if (running != null) {
            assertThat(running.terminate()).as("%s", running.output()).isZero();
            server = null;
        }
    }

    /**
     * Sees that all that was ever sent is acknowledged, replays the dead letters, closes all
     * windows, and holds the rows against the book for the last time.
     */
    public void finish() {
        ServerProcess running = started(command);
        settle(running);
        ServerApi api = running.api();
        Answer put = api.put(FaultPipeline.NAME, pipeline.mended());
        assertThat(put.status()).isEqualTo(200);
        // What was sent last may become a letter only now.
        api.advance(FaultPipeline.NAME, 0).hasStatus(200);
        replayAll(api);
        api.advance(FaultPipeline.NAME);
        Inspection.Findings found = Inspection.of(api, book, pipeline);
        assertThat(book.counts().acknowledged()).isEqualTo(book.counts().sent());
        assertThat(found.stored()).hasSize(Math.toIntExact(book.counts().sent()));
        report.found(found);
        sinks.mend();
        if (!api.letters(FaultPipeline.NAME, "sink").isEmpty()) {
            api.replay(FaultPipeline.NAME, "{\"kind\": \"sink\", \"limit\": 100000}")
                    .hasStatus(200);
            api.awaitReplays(FaultPipeline.NAME);
            assertThat(api.letters(FaultPipeline.NAME, "sink")).isEmpty();
        }
        inspectSinks(api);
        report.ended(book.counts());
        stop();
    }

    /** By their ids, since some are parked. */
    private static void replayAll(ServerApi api) {
        List<Map<String, Object>> left = api.letters(FaultPipeline.NAME, "stage");
        while (!left.isEmpty()) {
            String ids =
                    left.stream()
                            .limit(REPLAYED_AT_ONCE)
                            .map(letter -> "\"" + letter.get("id") + "\"")
                            .collect(Collectors.joining(","));
            Answer replay = api.replay(FaultPipeline.NAME, "{\"ids\":[" + ids + "]}");
            assertThat(replay.hasStatus(200).number("replayed")).isPositive();
            left = api.letters(FaultPipeline.NAME, "stage");
        }
    }

    private static void pass(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the server, if one is up. */
    @Override
    public void close() {
        ServerProcess running = server;
        if (running != null) {
            running.close();
            server = null;
        }
    }
}
