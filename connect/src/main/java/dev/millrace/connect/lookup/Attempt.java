package dev.millrace.connect.lookup;

import dev.millrace.core.lookup.Answer;

/** What came of asking a source once. */
public sealed interface Attempt {
    /** The source answered; asking again would not change it. */
    record Answered(Answer answer) implements Attempt {}

    /**
     * The source did not answer, or said that it cannot now. Worth asking again.
     *
     * @param code as of {@link Answer.Failed}
     * @param message one sentence without secrets
     */
    record Unavailable(String code, String message) implements Attempt {}
}
