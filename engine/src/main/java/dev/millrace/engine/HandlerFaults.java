package dev.millrace.engine;

import dev.millrace.core.handler.PlainEvent;

/** What a handler threw, in words for a dead letter. */
final class HandlerFaults {
    private static final int CHARS_MAX = 500;

    private HandlerFaults() {}

    /** Class and message, shortened; never throws, whatever the handler's exception does. */
    static String describe(Throwable thrown) {
        String text;
        try {
            text = thrown.toString();
        } catch (RuntimeException | StackOverflowError rude) {
            text = thrown.getClass().getName();
        }
        if (thrown instanceof UnsupportedOperationException
                && text.equals(thrown.getClass().getName())) {
            text +=
                    ": perhaps it tried to change its event, which is unmodifiable; %s.with makes a changed one"
                            .formatted(PlainEvent.class.getSimpleName());
        }
        return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + "…";
    }
}
