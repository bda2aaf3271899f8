package dev.millrace.core.handler;

/**
 * A handler could not handle an event. Without a stack trace: it tells of the event, and the
 * handler's own failure is in the message.
 */
public final class HandlerFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String sentence;

    /**
     * @param code short and stable; letters are grouped by it
     * @param sentence what went wrong, for people
     */
    public HandlerFailure(String code, String sentence) {
        super(sentence, null, false, false);
        this.code = code;
        this.sentence = sentence;
    }

    public String code() {
        return code;
    }

    public String sentence() {
        return sentence;
    }
}
