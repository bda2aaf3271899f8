package dev.millrace.core.port;

import org.jspecify.annotations.Nullable;

/**
 * Places at which a test can end the process as {@code kill -9} would: without shutdown hooks, in
 * the middle of what it does. {@code -Dmillrace.failpoint=JOURNAL_SYNCED:3} ends it when that place
 * is reached for the third time. Without the property, which is read once, reaching one costs
 * nothing.
 *
 * <p>This is the list of all of them. The fault tests go through it, and fail for one that is never
 * reached.
 */
public enum Failpoint {
    /** The data directory is about to be marked with its format. */
    FORMAT_WRITTEN,
    /** A new pipeline has a journal, and nothing else yet. */
    PIPELINE_JOURNAL_MADE,
    /** A group of records is about to be appended. */
    JOURNAL_APPEND,
    /** A group of records is on disk; no partition and no client knows. */
    JOURNAL_SYNCED,
    /** A group of records was delivered to the partitions; no client knows. */
    JOURNAL_PUBLISHED,
    /** A new version is on disk; events are still read by the one before. */
    VERSION_WRITTEN,
    /** A commit is put together and about to be written. */
    COMMIT_MERGED,
    /** A commit is on disk; nobody sees it. */
    COMMIT_WRITTEN,
    /** A replay of letters is on disk; nobody knows of outcomes. */
    REPLAY_WRITTEN,
    /** The system of a sink has a batch, and a cursor past it; here nobody knows. */
    SINK_DELIVERED,
    /** Letters of what a system refused are on disk; the cursor has yet to pass those items. */
    SINK_SET_ASIDE,
    /** A dropped pipeline is gone, but for its journal. */
    PIPELINE_DELETED,
    /** Journal files are about to be deleted, since they are older than is retained. */
    JOURNAL_TRIM,
    /** Journal files were deleted. */
    JOURNAL_TRIMMED,
    /** A record of the journal is about to be taken up again at a start. */
    RECOVERY_RECORD,
    /** All of the journal was taken up again at a start, and is not committed yet. */
    RECOVERY_CAUGHT_UP;

    private static final String PROPERTY = "millrace.failpoint";
    private static final @Nullable Armed ARMED = Armed.of(System.getProperty(PROPERTY));

    /** As the shell shows the end by SIGKILL. */
    private static final int EXIT_CODE = 137;

    /** Ends the process if this is the place, and the time. */
    public void reach() {
        if (ARMED != null && ARMED.place == this) {
            ARMED.hit();
        }
    }

    /** The JVM option that arms it. */
    public String option(int hit) {
        return "-D" + PROPERTY + "=" + name() + ":" + hit;
    }

    private static final class Armed {
        private final Failpoint place;
        private int left;

        private Armed(Failpoint place, int hits) {
            this.place = place;
            this.left = hits;
        }

        /**
         * @throws IllegalArgumentException if it is not {@code NAME:HITS}
         */
        private static @Nullable Armed of(@Nullable String setting) {
            if (setting == null) {
                return null;
            }
            int colon = setting.indexOf(':');
            return new Armed(
                    valueOf(setting.substring(0, colon)),
                    Integer.parseInt(setting.substring(colon + 1)));
        }

        private synchronized void hit() {
            if (--left == 0) {
                System.err.println("failpoint " + place + " is reached");
                Runtime.getRuntime().halt(EXIT_CODE);
            }
        }
    }
}
