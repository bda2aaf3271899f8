package dev.millrace.core.letter;

/**
 * Which event a letter is of: the place in the journal where it was accepted, and which part of it,
 * where a stage made several of one. What was refused at admission has no place in the journal.
 *
 * @param offset of the event; −1 where it was not accepted
 * @param part 0: the whole event; parts are numbered by the way to them, so that the same stages
 *     give the same part the same number
 */
public record Origin(long offset, long part) {
    private static final long PARTS = 31_013;

    /** Of an event that was not accepted. */
    public static final Origin NONE = new Origin(-1, 0);

    /** The whole event at an offset. */
    public static Origin at(long offset) {
        return new Origin(offset, 0);
    }

    /**
     * One of the parts that it was made into.
     *
     * @param index from 0
     */
    public Origin part(int index) {
        return new Origin(offset, part * PARTS + index + 1);
    }

    /** Whether another is of the same event, and is this part of it or one that was made of it. */
    public boolean holds(Origin other) {
        long whole = other.part;
        while (whole > part) {
            whole = (whole - 1) / PARTS;
        }
        return offset == other.offset && whole == part;
    }
}
