package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

/**
 * One event as the stages see it: a reusable cursor over a row of a batch. Values are decoded when
 * they are asked for; changed fields are laid over the bytes, which stay as they came in.
 *
 * <p>Confined to one thread. Values handed out are immutable.
 */
public final class Event {
    /** The value of a field that is not there. */
    public static final Object MISSING =
            new Object() {
                @Override
                public String toString() {
                    return "MISSING";
                }
            };

    private final Projection projection;

    public Event(Projection projection) {
        this.projection = projection;
    }

    /**
     * Goes to an event and forgets the changes of the last one.
     *
     * @throws IllegalArgumentException if the batch was read with another projection
     */
    public Event moveTo(EventBatch batch, int index) {
        throw new UnsupportedOperationException(projection.toString());
    }

    public String id() {
        throw new UnsupportedOperationException();
    }

    public String type() {
        throw new UnsupportedOperationException();
    }

    public String source() {
        throw new UnsupportedOperationException();
    }

    /** Event time in epoch milliseconds. */
    public long timestampMs() {
        throw new UnsupportedOperationException();
    }

    /**
     * The value of a field: String, Long, Double, Boolean, null (JSON null), List, Map or {@link
     * #MISSING}. An integer that fits a long is a Long, every other number a Double. The timestamp
     * is a Long whatever its form.
     */
    public @Nullable Object get(Field field) {
        throw new UnsupportedOperationException();
    }

    /** What {@link #get} would return, without decoding it. */
    public JsonKind kind(Field field) {
        throw new UnsupportedOperationException();
    }

    /** The value of a field of kind {@link JsonKind#INTEGER}. */
    public long integer(Field field) {
        throw new UnsupportedOperationException();
    }

    /** The value of a field of kind {@link JsonKind#INTEGER} or {@link JsonKind#DECIMAL}. */
    public double number(Field field) {
        throw new UnsupportedOperationException();
    }

    /**
     * Appends a field to a group key; a missing one as null.
     *
     * @return false, and nothing is appended, for objects and arrays
     */
    public boolean appendKey(Field field, KeyBuffer out) {
        throw new UnsupportedOperationException();
    }

    /**
     * Writes the 128-bit hash of (source, id) as they came in, for dedupe: MurmurHash3 x64 of the
     * UTF-8 of the source, a zero byte and the id.
     *
     * @param out two longs
     */
    public void identity(long[] out) {
        throw new UnsupportedOperationException();
    }

    /**
     * Changes a field; objects on the way are created, replacing what is there instead.
     *
     * @param value as {@link #get} returns it; {@link #MISSING} removes the field
     * @throws IllegalArgumentException if JSON cannot hold the value, or an event must not have it
     *     (an id that is no string, say); the event is unchanged then
     */
    public void set(Field field, @Nullable Object value) {
        throw new UnsupportedOperationException();
    }

    /** Whether {@link #set} was called since the last move. */
    public boolean changed() {
        throw new UnsupportedOperationException();
    }

    /** The bytes of the event as it came in. */
    public byte[] rawJson() {
        throw new UnsupportedOperationException();
    }

    /**
     * The event as it is now: what was not changed byte for byte, changed members in their old
     * place, new ones at the end of their object.
     */
    public byte[] toJson() {
        throw new UnsupportedOperationException();
    }
}
