package dev.millrace.engine;

/** What became of an advance of the watermark. */
public sealed interface AdvanceOutcome {
    /** The windows that this closes are visible. */
    record Advanced(long watermarkMs) implements AdvanceOutcome {}

    /** It lies further ahead than {@code maxSkew} allows; nothing changed. */
    record TooFar(long latestMs) implements AdvanceOutcome {}

    /** Nothing was accepted yet, so there is no time to advance from. */
    record NoEvents() implements AdvanceOutcome {}
}
