package dev.millrace.core.letter;

/**
 * The letters of one fingerprint.
 *
 * @param code of the newest letter, and so its {@code message}
 * @param letters how many there are, 1 or more
 * @param parked how many of them are parked
 * @param firstFailedAtMs when the oldest of them failed first
 * @param lastFailedAtMs when one of this cause failed last; it may have gone since
 * @param recent those that are there, by the minute in which they failed last
 * @param newest the letter that failed first most recently
 */
public record LetterCause(
        String fingerprint,
        LetterKind kind,
        String stage,
        String code,
        String message,
        long letters,
        long parked,
        long firstFailedAtMs,
        long lastFailedAtMs,
        RecentFailures recent,
        LetterId newest) {
    public LetterCause {
        if (letters < 1 || parked < 0 || parked > letters) {
            throw new IllegalArgumentException(parked + " of " + letters + " letters are parked");
        }
    }
}
