package dev.millrace.core.pipeline;

/** What becomes of an event that is late for an aggregate. */
public enum LatePolicy {
    /** It gets a {@code late} dead letter for the aggregate and goes on to the next stage. */
    DEAD_LETTER("dead-letter"),
    /** It corrects the rows that are still kept. */
    CORRECT("correct");

    private final String text;

    LatePolicy(String text) {
        this.text = text;
    }

    /** As it is written in a definition. */
    public String text() {
        return text;
    }
}
