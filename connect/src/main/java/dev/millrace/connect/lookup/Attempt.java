package dev.millrace.connect.lookup;

import dev.millrace.core.lookup.Answer;

/** What came of asking a source once. */
public sealed interface Attempt {
    /** The source answered; asking again would not change it. */
    record Answered(Answer answer) implements Attempt {}

    /** No answer to work with. Worth asking again. */
    sealed interface Unanswered extends Attempt {
        /** As of {@link Answer.Failed}. */
        String code();

        /** One sentence without secrets. */
        String message();
    }

    /** The source did not answer, or said that it cannot answer anybody now. */
    record Unavailable(String code, String message) implements Unanswered {}

    /** The source is there, but failed over this key; it may answer for others. */
    record Erred(String code, String message) implements Unanswered {}
}
