package dev.millrace.core.aggregate;

/**
 * How long the longest is of the sessions that were let go and are still kept: at least that, and
 * of those that went before, for one more period. Two generations are enough to let the number fall
 * when a long session is over and gone. Confined to one thread.
 */
final class LongestSpan {
    private long currentMs;
    private long formerMs;
    private long sinceMs;

    LongestSpan(SessionMarks marks) {
        this.currentMs = marks.longestMs();
        this.formerMs = marks.formerMs();
        this.sinceMs = marks.sinceMs();
    }

    /** At least as long as each session that was added within the last period. */
    long ms() {
        return Math.max(currentMs, formerMs);
    }

    void add(long spanMs) {
        currentMs = Math.max(currentMs, spanMs);
    }

    /** Forgets what was added more than a period ago. */
    void age(long watermarkMs, long periodMs) {
        if (sinceMs == Long.MIN_VALUE) {
            sinceMs = watermarkMs;
        } else if (watermarkMs - sinceMs >= periodMs) {
            sinceMs = watermarkMs;
            formerMs = currentMs;
            currentMs = 0;
        }
    }

    SessionMarks marks(long oldestHeldMs) {
        return new SessionMarks(oldestHeldMs, currentMs, formerMs, sinceMs);
    }
}
