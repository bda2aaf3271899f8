package dev.millrace.testing;

import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.LetterOutcome;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One feed through one mode, on a storage in memory. */
final class Run {
    private static final int CRASHES_ONE_IN = 4;
    private static final int COMMITS_ONE_IN = 3;

    private final Feed feed;
    private final Mode mode;
    private final Random random;
    private final List<RowState> history = new ArrayList<>();
    private final List<LetterOutcome> outcomes = new ArrayList<>();
    private MemoryStorage storage = new MemoryStorage();
    private Host host;
    private int[] committed;

    private Run(Feed feed, Mode mode) {
        this.feed = feed;
        this.mode = mode;
        this.random = new Random(mode.seed());
        PipelineStore created = storage.create("pipeline", feed.programs().version(1).version());
        this.host = new Host(feed, created);
        this.committed = new int[feed.programs().partitions()];
    }

    static Observed of(Feed feed, Mode mode) {
        return new Run(feed, mode).run();
    }

    private Observed run() {
        while (host.hasMore()) {
            process();
            if (isCommitDue()) {
                commit();
            } else if (mode.restores() == Mode.Restores.AT_RANDOM && oneIn(CRASHES_ONE_IN * 2)) {
                restore();
            }
        }
        commitAndSee();
        restore();
        Host.Committed idle = host.commit();
        if (!idle.rows().isEmpty()) {
            throw new AssertionError("a restore alone changes " + idle.rows());
        }
        return host.observe(history, outcomes);
    }

    private void process() {
        if (mode.lagging()) {
            processSome();
        } else {
            host.processAll();
        }
    }

    private void processSome() {
        int partition = random.nextInt(feed.programs().partitions());
        for (int left = 1 + random.nextInt(4); left > 0 && host.hasMore(partition); left--) {
            host.process(partition);
        }
    }

    private boolean isCommitDue() {
        return switch (mode.commits()) {
            case AT_THE_END -> false;
            case AFTER_EVERY_RECORD -> true;
            case AT_RANDOM -> oneIn(COMMITS_ONE_IN);
        };
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    private void commit() {
        switch (mode.restores()) {
            case NEVER -> commitAndSee();
            case AFTER_EVERY_COMMIT -> {
                commitAndSee();
                restore();
            }
            case AT_RANDOM -> {
                if (oneIn(CRASHES_ONE_IN)) {
                    crashWhileCommitting();
                } else {
                    commitAndSee();
                }
            }
        }
    }

    /** The outcomes of a commit that was written but not confirmed are known to nobody. */
    private void crashWhileCommitting() {
        Host.Begun begun = begin();
        boolean written = random.nextBoolean();
        storage.failWrite(
                1, written ? MemoryStorage.Fault.WRITTEN : MemoryStorage.Fault.NOT_WRITTEN);
        try {
            Host.Committed unexpected = host.commit(begun);
            throw new AssertionError("a commit was told to fail, but made " + unexpected);
        } catch (StorageException told) {
            if (written) {
                committed = begun.reached();
            }
            storage = storage.reopened();
            restore();
        }
    }

    /** Where commits come at random, tasks go on while one is written. */
    private Host.Begun begin() {
        Host.Begun begun = host.handOver();
        while (mode.commits() == Mode.Commits.AT_RANDOM && host.hasMore() && oneIn(2)) {
            process();
        }
        return begun;
    }

    private void restore() {
        host = new Host(feed, storage.pipelines().getFirst(), committed);
    }

    private void commitAndSee() {
        Host.Begun begun = begin();
        Host.Committed seen = host.commit(begun);
        committed = begun.reached();
        history.addAll(seen.rows());
        outcomes.addAll(seen.outcomes());
    }
}
