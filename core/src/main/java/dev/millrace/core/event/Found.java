package dev.millrace.core.event;

/** Values as they are shown in messages. */
final class Found {
    private static final int LONGEST = 60;

    private Found() {}

    /** The text, cut if it is long. */
    static String cut(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int to = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, to) + "…";
    }

    /** {@code the string "abc"}, {@code the number 1.5}, {@code an object}. */
    static String describe(Place place) {
        return switch (place.kind()) {
            case STRING -> "the string \"" + cut(place.string()) + "\"";
            case INTEGER, DECIMAL -> "the number " + cut(place.text());
            case BOOLEAN -> place.text();
            case MISSING, NULL, OBJECT, ARRAY -> place.kind().described();
        };
    }
}
