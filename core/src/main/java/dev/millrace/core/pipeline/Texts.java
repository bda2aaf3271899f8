package dev.millrace.core.pipeline;

/** Text of the file as it is quoted in messages. */
final class Texts {
    private static final int QUOTED_CHARS_MAX = 80;

    private Texts() {}

    /** Returns {@code text}, cut where it would drown the message it is quoted in. */
    static String shorten(String text) {
        if (text.length() <= QUOTED_CHARS_MAX) {
            return text;
        }
        int end = QUOTED_CHARS_MAX;
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + "…";
    }
}
