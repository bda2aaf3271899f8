package dev.millrace.connect.lookup;

/** Keys as text, so that the number 5 of an event finds what a file or a URL calls "5". */
public final class KeyText {
    private static final double LONG_LIMIT = 0x1p63;

    private KeyText() {}

    /**
     * A string as it is; an integer, {@code 5.0} too, in decimal; another number as Java writes it;
     * {@code true} or {@code false}.
     */
    public static String of(Object key) {
        if (key instanceof Double number
                && number == Math.rint(number)
                && Math.abs(number) < LONG_LIMIT) {
            return Long.toString(number.longValue());
        }
        return key.toString();
    }
}
