package dev.millrace.testing;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.Backfill;
import dev.millrace.core.task.BackfillPart;
import dev.millrace.core.task.BackfillTask;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.Wanted;

import java.util.List;
import java.util.Optional;

/** The backfill of a {@link Host}: goes on by a step when it is told to. */
final class HostBackfill {
    private final Feed feed;
    private final PipelineStore store;
    private final long recoveredFrom;

    /** Announced and not ended. */
    private Optional<Backfill> state;

    private Optional<BackfillTask> task = Optional.empty();
    private int lastEnded;

    HostBackfill(Feed feed, PipelineStore store, Checkpoint checkpoint) {
        this.feed = feed;
        this.store = store;
        this.recoveredFrom = checkpoint.neededFrom();
        this.state = checkpoint.backfill();
    }

    /** Whether one is announced in the feed below an offset, and has not ended. */
    boolean isUnderWay(long belowOffset) {
        if (state.isEmpty()) {
            state =
                    feed.backfills().stream()
                            .filter(one -> one.version() > lastEnded)
                            .filter(one -> one.endOffset() >= recoveredFrom)
                            .filter(one -> one.endOffset() < belowOffset)
                            .findFirst();
        }
        return state.isPresent();
    }

    /** Whether what stands at an offset must wait for its end: what comes before it need not. */
    boolean holds(long offset) {
        return isUnderWay(offset) && state.orElseThrow().endOffset() < offset;
    }

    /** Goes on by a step, if there is one to make. */
    void step() {
        if (task.isEmpty() || task.get().isThrough() && !task.get().isBusy()) {
            return;
        }
        BackfillTask by = task.get();
        if (!by.isBusy()) {
            feed.readJournal(
                    by.nextOffset(),
                    (offset, record) -> {
                        by.begin(offset, JournalCodec.decode(offset, record));
                        return false;
                    });
        }
        if (by.isBusy()) {
            List<Wanted> wanted = by.wanted();
            while (!wanted.isEmpty()) {
                for (Wanted one : wanted) {
                    by.provide(one, one.fetch().toCompletableFuture().join());
                }
                wanted = by.wanted();
            }
            by.step();
        }
    }

    BackfillPart handOver(List<Handover> beside) {
        long reached =
                beside.stream().mapToLong(one -> one.state().endOffset()).max().orElseThrow();
        if (!isUnderWay(reached)) {
            return BackfillPart.NONE;
        }
        return task.map(one -> one.handOver(beside)).orElseGet(() -> BackfillPart.of(state));
    }

    /** The part that was handed over is committed. */
    void committed(Checkpoint checkpoint) {
        Optional<Backfill> before = state;
        if (before.isEmpty()) {
            return;
        }
        state = checkpoint.backfill();
        if (state.isEmpty()) {
            lastEnded = before.get().version();
            task = Optional.empty();
        } else if (task.isPresent()) {
            task.get().follow(checkpoint);
        } else if (checkpoint.neededFrom() > state.get().endOffset()) {
            task =
                    Optional.of(
                            new BackfillTask(
                                    feed.programs().version(state.get().version()),
                                    state.get(),
                                    checkpoint,
                                    store,
                                    feed::readJournal));
        }
    }
}
