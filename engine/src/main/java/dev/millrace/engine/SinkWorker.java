package dev.millrace.engine;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Connectors;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.pipeline.SinkDefinition;
import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Delivers what waits for one sink, in order, on a thread of its own. Whatever the system does, it
 * waits, tries again, sets aside what is refused for good, and goes on; nobody else waits for it.
 *
 * <p>A batch that is refused is halved until the bad item stands alone: that becomes a dead letter,
 * durably, before the cursor passes it. Items between which it is sought are tried again in smaller
 * batches until it is found, so one bad item costs a logarithm of deliveries.
 *
 * <p>The order of these steps is what makes it exactly once; {@link SinkConnection} has the calls,
 * {@link SinkAgreement} the cursors, {@link SinkPace} the waits, {@link SinkReader} the batches,
 * {@link SinkLetters} the letters.
 */
final class SinkWorker implements Runnable {
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final PipelineStore store;
    private final SinkQueue queue;
    private final SinkShapes shapes;
    private final HostClock clock;
    private final long lettersMax;
    private final Supplier<?> awaitCommit;
    private final SinkConnection system;
    private final SinkReader reader;
    private final SinkLetters letters;
    private final SinkAgreement agreement;
    private final SinkKept kept;
    private final SinkPace pace;
    private final SinkReport report;

    private volatile Version current;
    private final Object ending = new Object();
    private volatile boolean stopping;

    /** Guarded by {@link #ending}. */
    private boolean closing;

    /** As of the step at hand. */
    private Wishes wishes;

    /** Below it an item is that the system refuses; {@link Long#MAX_VALUE} where none is known. */
    private long suspectBelow = Long.MAX_VALUE;

    /** Positions of this stretch whose items have letters already. */
    private final Set<Long> setAside = new HashSet<>();

    /** Not to be cut otherwise while it is tried again, so that its key stays. */
    private SinkReader.@Nullable Stretch retried;

    /** What a version of the pipeline says of the sink. */
    private record Version(SinkDefinition definition, int version) {}

    /** What ends a wait when it changes. */
    private record Wishes(
            SinkDefinition definition, boolean isPaused, Optional<SinkCommand> command) {}

    /** Why an item is refused. */
    private record Refusal(String code, String reason) {}

    /**
     * @param lettersMax that may wait of this sink before it refuses nothing more
     * @param awaitCommit returns once what was settled before is durable
     */
    SinkWorker(
            PipelineStore store,
            SinkQueue queue,
            SinkDefinition definition,
            int version,
            Connectors connectors,
            SinkShapes shapes,
            SinkWatch watch,
            HostClock clock,
            long lettersMax,
            Supplier<?> awaitCommit) {
        this.store = store;
        this.queue = queue;
        this.lettersMax = lettersMax;
        this.current = new Version(definition, version);
        this.shapes = shapes;
        this.clock = clock;
        this.awaitCommit = awaitCommit;
        this.system = new SinkConnection(store, connectors, watch, clock);
        this.reader = new SinkReader(store, definition.name());
        this.letters = new SinkLetters(store, definition.name(), clock);
        this.agreement = new SinkAgreement(store, queue, reader, letters);
        this.kept = new SinkKept(queue, reader);
        this.pace = new SinkPace(definition.batch().items());
        this.report = new SinkReport(store.pipeline(), definition.name(), clock);
        this.wishes = wishes();
    }

    /** Goes on as a newer version of the pipeline says. */
    void redefine(SinkDefinition definition, int version) {
        boolean isAnother = !definition.equals(current.definition());
        current = new Version(definition, version);
        if (isAnother && queue.state().stopped().isPresent()) {
            // It may be another place.
            queue.tell(new SinkCommand.LookAgain());
        }
        queue.signal();
    }

    /**
     * Has it come to an end. A call that is under way is interrupted, closing is not: what a
     * connector does then on a disk would fail.
     *
     * @param thread that runs it
     */
    void stop(Thread thread) {
        synchronized (ending) {
            stopping = true;
            if (!closing) {
                thread.interrupt();
            }
        }
        queue.signal();
    }

    private void end() {
        synchronized (ending) {
            closing = true;
            boolean _ = Thread.interrupted();
        }
        system.close();
    }

    SinkStatus status() {
        return report.status(current.definition(), queue.state(), pace, system.underWay());
    }

    private Wishes wishes() {
        SinkState ours = queue.state();
        return new Wishes(current.definition(), ours.isPaused(), ours.command());
    }

    @Override
    public void run() {
        while (!stopping) {
            try {
                step();
            } catch (InterruptedException interrupted) {
                // Either it stops, or a call was interrupted that took too long, and said so.
            } catch (ConnectorException failed) {
                system.close();
                retryAfter(failed.reason(), pace.failed(0, failed.mayPass(), Optional.empty()));
            } catch (StorageException broken) {
                retryAfter(String.valueOf(broken.getMessage()), SinkPace.LONGEST_PAUSE);
            } catch (RuntimeException fault) {
                system.close();
                retryAfter(
                        "a fault of the connector: " + fault,
                        pace.failed(0, true, Optional.empty()));
            }
        }
        end();
    }

    private void step() throws ConnectorException, InterruptedException {
        long seen = queue.changes();
        wishes = wishes();
        pace.redefine(wishes.definition().batch().items());
        SinkState ours = queue.state();
        if (ours.command().isEmpty() && (ours.isPaused() || ours.stopped().isPresent())) {
            stand(seen, ours);
            return;
        }
        SinkReader.Stretch stretch = next(ours);
        report.oldest(stretch.committedAtMs());
        failIfStopping();
        boolean isNew = system.open(wishes.definition(), shapesOf(stretch), stretch.isOfAVersion());
        if (isNew || ours.command().isPresent()) {
            agree();
            return;
        }
        if (stretch.isEmpty()) {
            report.well();
            queue.awaitChange(seen, IDLE.toNanos());
            return;
        }
        deliver(stretch);
    }

    /** Somebody must say how it goes on. */
    private void stand(long seen, SinkState ours) throws InterruptedException {
        if (ours.lagItems() > 0 && !report.knowsOldest()) {
            report.oldest(reader.read(ours.cursor(), 1, 1, ours.end()).committedAtMs());
        }
        queue.awaitChange(seen, IDLE.toNanos());
    }

    /** Where to go on is settled, durably, before anything is delivered from there. */
    private void agree() throws ConnectorException {
        SinkState before = queue.state();
        agreement.reach(system);
        SinkState after = queue.state();
        if (after.cursor() != before.cursor()) {
            retried = null;
            setAside.clear();
            suspectBelow = Long.MAX_VALUE;
        }
        if (after.stopped().isPresent()) {
            report.say(after.stopped().get().reason());
        }
        if (before.command().isPresent() || after.stopped().isPresent()) {
            Object _ = awaitCommit.get();
        }
    }

    /** What is to be delivered next; waits a little where a batch is not full and may. */
    private SinkReader.Stretch next(SinkState ours) throws InterruptedException {
        SinkReader.Stretch again = retried;
        if (again != null) {
            return again;
        }
        SinkReader.Stretch stretch = read(ours);
        boolean isCut = stretch.to() < ours.end();
        return stretch.isEmpty() || isCut || !linger(stretch) ? stretch : read(queue.state());
    }

    /** Waits for a batch to fill, while nothing presses; false if there is nothing to wait for. */
    private boolean linger(SinkReader.Stretch stretch) throws InterruptedException {
        SinkDefinition.Batch batch = wishes.definition().batch();
        long lingerMs = batch.linger().toMillis();
        // Another process may have had another clock.
        long leftMs = Math.min(lingerMs, stretch.committedAtMs() + lingerMs - clock.epochMs());
        long until = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(leftMs);
        long left = until - clock.nanos();
        boolean waited = false;
        while (left > 0) {
            long seen = queue.changes();
            SinkState ours = queue.state();
            if (stopping
                    || !wishes().equals(wishes)
                    || queue.isFull()
                    || ours.lagItems() >= pace.items()
                    || ours.lagBytes() >= batch.bytes()) {
                return waited;
            }
            report.oldest(stretch.committedAtMs());
            queue.awaitChange(seen, left);
            waited = true;
            left = until - clock.nanos();
        }
        return waited;
    }

    private SinkReader.Stretch read(SinkState ours) {
        long cursor = ours.cursor();
        long bytes = wishes.definition().batch().bytes();
        if (cursor >= suspectBelow) {
            suspectBelow = Long.MAX_VALUE;
        }
        long below =
                suspectBelow == Long.MAX_VALUE
                        ? ours.end()
                        : cursor + Math.max(1, (suspectBelow - cursor) / 2);
        return reader.read(cursor, pace.items(), bytes, below);
    }

    private List<RowShape> shapesOf(SinkReader.Stretch stretch) {
        int version = stretch.isOfAVersion() ? stretch.pipelineVersion() : current.version();
        return shapes.of(version, wishes.definition().name());
    }

    private void deliver(SinkReader.Stretch stretch)
            throws ConnectorException, InterruptedException {
        List<SinkItem> items = new ArrayList<>();
        Map<SinkReader.Waiting, Refusal> unreadable = new HashMap<>();
        long booked = queue.state().booked();
        for (SinkReader.Waiting waiting : stretch.items()) {
            if (setAside.contains(waiting.position()) || letters.isDeleted(waiting, booked)) {
                continue;
            }
            try {
                items.add(waiting.item().at(waiting.position()));
            } catch (IllegalArgumentException broken) {
                unreadable.put(
                        waiting, new Refusal("unreadable", String.valueOf(broken.getMessage())));
            }
        }
        if (!refuse(stretch, unreadable)) {
            return;
        }
        SinkBatch batch =
                new SinkBatch(
                        store.pipeline(),
                        wishes.definition().name(),
                        store.identity(),
                        stretch.from(),
                        stretch.to(),
                        SinkReader.newest(items));
        if (batch.items().isEmpty() && !system.isExact()) {
            delivered(stretch, 0);
            return;
        }
        failIfStopping();
        agreement.attempt(stretch.to());
        pace.begin();
        SinkConnection.Answer answer = system.deliver(batch);
        switch (answer.delivery()) {
            case Delivery.Delivered _ -> delivered(stretch, answer.tookPart());
            case Delivery.RetryLater later -> retryLater(stretch, later, answer.tookPart());
            case Delivery.CursorMoved _ -> cursorMoved();
            case Delivery.Refused no -> refused(stretch, batch, no);
            case Delivery.ItemsRefused no -> itemsRefused(stretch, batch, no);
        }
    }

    private void delivered(SinkReader.Stretch stretch, double tookPart) {
        Failpoint.SINK_DELIVERED.reach();
        SinkState ours = queue.state();
        SinkLetters.Changes changes = new SinkLetters.Changes();
        for (SinkReader.Waiting waiting : stretch.items()) {
            letters.passed(waiting, setAside.contains(waiting.position()), ours, changes);
        }
        queue.settle(stretch.to(), Math.max(ours.cursorBytes(), stretch.bytesUpTo()), changes);
        kept.trim(wishes.definition().budgetBytes());
        pace.succeeded(stretch.items().size(), tookPart);
        report.delivered(stretch.items().size());
        report.oldest(0);
        setAside.removeIf(position -> position < stretch.to());
        retried = null;
    }

    private void retryLater(SinkReader.Stretch stretch, Delivery.RetryLater later, double tookPart)
            throws ConnectorException {
        Duration wait = pace.failed(tookPart, true, later.after());
        // A batch that never gets through in time gets through in parts.
        boolean cut = tookPart >= 1 && (system.isExact() || pace.failures() >= 3);
        retried = cut ? null : stretch;
        retryAfter(later.reason(), wait);
        if (!stopping) {
            agree();
        }
    }

    /** It may be that an earlier attempt was written after all. */
    private void cursorMoved() throws ConnectorException {
        retried = null;
        long before = queue.state().cursor();
        agree();
        SinkState ours = queue.state();
        if (ours.cursor() == before && ours.stopped().isEmpty()) {
            retryAfter(
                    "its system says that the cursor is elsewhere, and then that it is where it"
                            + " should be",
                    pace.failed(0, true, Optional.empty()));
        }
    }

    private void refused(SinkReader.Stretch stretch, SinkBatch batch, Delivery.Refused no) {
        if (batch.items().size() > 1) {
            report.refused(0, no.reason());
            retried = null;
            suspectBelow = stretch.to();
            return;
        }
        if (batch.items().isEmpty()) {
            retryAfter(no.reason(), pace.failed(0, false, Optional.empty()));
            return;
        }
        SinkReader.Waiting alone = waitingAt(stretch, batch.items().getFirst().position());
        if (refuse(stretch, Map.of(alone, new Refusal(no.code(), no.reason())))) {
            suspectBelow = Long.MAX_VALUE;
        }
        retried = stretch;
    }

    private void itemsRefused(
            SinkReader.Stretch stretch, SinkBatch batch, Delivery.ItemsRefused no) {
        Set<Long> given = new HashSet<>();
        batch.items().forEach(item -> given.add(item.position()));
        Map<SinkReader.Waiting, Refusal> refusals = new HashMap<>();
        for (Delivery.RefusedItem item : no.items()) {
            if (given.contains(item.position())) {
                refusals.put(
                        waitingAt(stretch, item.position()),
                        new Refusal(item.code(), item.reason()));
            }
        }
        retried = stretch;
        if (refusals.isEmpty()) {
            retryAfter(
                    "its connector refuses items that it was not given: "
                            + no.items().getFirst().reason(),
                    pace.failed(0, true, Optional.empty()));
            return;
        }
        boolean _ = refuse(stretch, refusals);
    }

    private static SinkReader.Waiting waitingAt(SinkReader.Stretch stretch, long position) {
        return stretch.items().stream()
                .filter(waiting -> waiting.position() == position)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Sets items aside once their letters are durable: only then may the cursor pass them. A commit
     * that fails leaves them to be delivered again.
     *
     * @return false if too many letters of this sink wait, after a pause: all are to be tried again
     */
    private boolean refuse(SinkReader.Stretch stretch, Map<SinkReader.Waiting, Refusal> refusals) {
        if (refusals.isEmpty()) {
            return true;
        }
        long waiting = letters.count();
        if (waiting >= lettersMax) {
            retryAfter(
                    "%d dead letters of it wait to be seen to, and it may have %d; replay or delete some (%s)"
                            .formatted(
                                    waiting,
                                    lettersMax,
                                    refusals.values().iterator().next().reason()),
                    pace.failed(0, true, Optional.empty()));
            return false;
        }
        int ordinal = queue.state().ordinal();
        List<Long> positions = new ArrayList<>();
        List<LetterChange> changes = new ArrayList<>();
        refusals.forEach((item, why) -> {
            positions.add(item.position());
            changes.add(
                    new LetterChange.Put(
                            letters.refused(
                                    item,
                                    ordinal,
                                    stretch.pipelineVersion(),
                                    why.code(),
                                    why.reason())));
        });
        queue.setAside(positions, changes);
        Object _ = awaitCommit.get();
        Failpoint.SINK_SET_ASIDE.reach();
        setAside.addAll(positions);
        report.refused(positions.size(), refusals.values().iterator().next().reason());
        return true;
    }

    /** Waits before the next attempt, unless somebody wants something else meanwhile. */
    private void retryAfter(String reason, Duration wait) {
        if (stopping) {
            return;
        }
        report.retry(reason);
        try {
            long until = clock.nanos() + wait.toNanos();
            long left = wait.toNanos();
            while (left > 0) {
                long seen = queue.changes();
                if (stopping || !wishes().equals(wishes)) {
                    return;
                }
                queue.awaitChange(seen, left);
                left = until - clock.nanos();
            }
        } catch (InterruptedException interrupted) {
            // Looks at once whether it stops.
        }
    }

    private void failIfStopping() throws InterruptedException {
        if (stopping) {
            throw new InterruptedException("the sink stops");
        }
    }
}
