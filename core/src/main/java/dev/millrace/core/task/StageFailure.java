package dev.millrace.core.task;

/**
 * A stage could not process an event. Without a stack trace: it tells of the event, not of the
 * code.
 */
final class StageFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String sentence;

    StageFailure(String code, String sentence) {
        super(sentence, null, false, false);
        this.code = code;
        this.sentence = sentence;
    }

    /** Of a fault of the stage itself. */
    static StageFailure internal(RuntimeException fault) {
        return new StageFailure("internal", "the stage failed on this event: " + fault);
    }

    /** Short and stable; letters are grouped by it. */
    String code() {
        return code;
    }

    /** What went wrong, for people. */
    String sentence() {
        return sentence;
    }
}
