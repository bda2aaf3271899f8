package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Map;

/**
 * One event as the stages see it: a reusable cursor over a row of a batch. Values are decoded when
 * they are asked for; changed fields are laid over the bytes, which stay as they came in.
 *
 * <p>Confined to one thread. Values handed out are immutable.
 */
public final class Event {
    /** The value of a field that is not there. Compare with {@code equals}. */
    public static final Object MISSING =
            new Object() {
                @Override
                public String toString() {
                    return "MISSING";
                }
            };

    private final Projection projection;
    private final Field idField;
    private final Field typeField;
    private final Field sourceField;
    private final Field timestampField;
    private final Changes changes;
    private final Place place = new Place();
    private final StringCache types = new StringCache();
    private final StringCache sources = new StringCache();

    /** Values decoded since the last move, by slot; valid where {@code decodedIn} is this move. */
    private final @Nullable Object[] decoded;

    private final long[] decodedIn;
    private final KeyBuffer fieldKey = new KeyBuffer();
    private final Utf8View view = new Utf8View();
    private long moves;

    private @Nullable EventBatch batch;
    private int index;

    public Event(Projection projection) {
        this.projection = projection;
        this.idField = projection.field(FieldPath.ID);
        this.typeField = projection.field(FieldPath.TYPE);
        this.sourceField = projection.field(FieldPath.SOURCE);
        this.timestampField = projection.field(FieldPath.TIMESTAMP);
        this.changes = new Changes(projection);
        this.decoded = new Object[projection.slots()];
        this.decodedIn = new long[projection.slots()];
    }

    /**
     * Goes to an event and forgets the changes of the last one.
     *
     * @throws IllegalArgumentException if the batch was read with another projection
     */
    public Event moveTo(EventBatch batch, int index) {
        if (!batch.projection().equals(projection)) {
            throw new IllegalArgumentException(
                    "a batch of %s cannot be seen through %s"
                            .formatted(batch.projection(), projection));
        }
        this.batch = batch;
        this.index = index;
        moves++;
        changes.clear();
        return this;
    }

    public String id() {
        return text(idField);
    }

    public String type() {
        return changes.touch(typeField.node) ? text(typeField) : types.string(sent(typeField));
    }

    public String source() {
        return changes.touch(sourceField.node)
                ? text(sourceField)
                : sources.string(sent(sourceField));
    }

    private String text(Field field) {
        Object text = get(field);
        if (text instanceof String string) {
            return string;
        }
        throw new IllegalStateException("an event's " + field + " must be a string, not " + text);
    }

    /** Event time in epoch milliseconds. */
    public long timestampMs() {
        return changes.touch(timestampField.node) && get(timestampField) instanceof Long changed
                ? changed
                : batch().timestampMs(index);
    }

    /**
     * The value of a field: String, Long, Double, Boolean, null (JSON null), List, Map or {@link
     * #MISSING}. An integer that fits a long is a Long, every other number a Double. The timestamp
     * is a Long whatever its form; absent {@code data} is an empty map.
     */
    public @Nullable Object get(Field field) {
        int slot = field.node.slot;
        if (changes.touch(field.node)) {
            return PlainValues.inside(changes.get(batch(), index, field.node), field.rest);
        }
        if (slot == Projection.TIMESTAMP) {
            return batch().timestampMs(index);
        }
        if (!field.rest.isEmpty()) {
            return sent(field).decode();
        }
        if (decodedIn[slot] != moves) {
            decoded[slot] = decode(field);
            decodedIn[slot] = moves;
        }
        return decoded[slot];
    }

    private @Nullable Object decode(Field field) {
        Place sent = sent(field);
        return switch (field.node.slot) {
            case Projection.TYPE -> types.string(sent);
            case Projection.SOURCE -> sources.string(sent);
            case Projection.DATA -> sent.kind() == JsonKind.MISSING ? Map.of() : sent.decode();
            default -> sent.decode();
        };
    }

    /** What {@link #get} would return, without decoding it. */
    public JsonKind kind(Field field) {
        if (changes.touch(field.node)) {
            return field.rest.isEmpty() ? changes.kind(field.node) : PlainValues.kind(get(field));
        }
        int slot = field.node.slot;
        if (slot == Projection.TIMESTAMP) {
            return JsonKind.INTEGER;
        }
        boolean data = slot == Projection.DATA && field.rest.isEmpty();
        return data ? JsonKind.OBJECT : sent(field).kind();
    }

    /**
     * The UTF-8 of a field's value where it stands in the body; null unless it is a string as it
     * was sent and without escapes.
     */
    public @Nullable Utf8View verbatim(Field field) {
        if (changes.touch(field.node) || field.node.slot == Projection.TIMESTAMP) {
            return null;
        }
        Place sent = sent(field);
        return sent.kind() == JsonKind.STRING && !sent.escaped() ? view.at(sent) : null;
    }

    /** The value of a field of kind {@link JsonKind#INTEGER}. */
    public long integer(Field field) {
        if (changes.touch(field.node) || field.node.slot == Projection.TIMESTAMP) {
            if (get(field) instanceof Long number) {
                return number;
            }
            throw wrongKind(field, "an integer");
        }
        Place sent = sent(field);
        if (sent.kind() != JsonKind.INTEGER) {
            throw wrongKind(field, "an integer");
        }
        return sent.integer();
    }

    /** The value of a field of kind {@link JsonKind#INTEGER} or {@link JsonKind#DECIMAL}. */
    public double number(Field field) {
        if (changes.touch(field.node) || field.node.slot == Projection.TIMESTAMP) {
            if (get(field) instanceof Number number) {
                return number.doubleValue();
            }
            throw wrongKind(field, "a number");
        }
        Place sent = sent(field);
        if (!sent.kind().isNumber()) {
            throw wrongKind(field, "a number");
        }
        return sent.number();
    }

    private IllegalStateException wrongKind(Field field, String expected) {
        return new IllegalStateException(
                "%s is %s, not %s".formatted(field, kind(field).described(), expected));
    }

    /**
     * Appends a field to a group key; a missing one as null.
     *
     * @return false, and nothing is appended, for objects and arrays
     */
    public boolean appendKey(Field field, KeyBuffer out) {
        if (changes.touch(field.node)) {
            return out.append(get(field));
        }
        if (field.node.slot == Projection.TIMESTAMP) {
            out.appendLong(batch().timestampMs(index));
            return true;
        }
        return kind(field) != JsonKind.OBJECT && sent(field).appendKey(out);
    }

    /**
     * The key of a field alone, valid until the next call; empty if the field is missing, null, an
     * object or an array.
     */
    public KeyBuffer keyOf(Field field) {
        fieldKey.clear();
        if (appendKey(field, fieldKey) && fieldKey.bytes()[0] == KeyBuffer.NULL) {
            fieldKey.clear();
        }
        return fieldKey;
    }

    /**
     * Changes a field; objects on the way are created, replacing what is there instead.
     *
     * @param value as {@link #get} returns it, not to be changed any more; {@link #MISSING} removes
     *     the field
     * @throws IllegalArgumentException if JSON cannot hold the value, or an event must not have it
     *     (an id that is no string, say); the event is unchanged then
     */
    public void set(Field field, @Nullable Object value) {
        if (!MISSING.equals(value)) {
            PlainValues.check(value);
        }
        if (field.rest.isEmpty()) {
            EventCheck.requireEnvelope(field.node.slot, value);
            changes.set(batch(), index, field.node, value);
            return;
        }
        boolean removes = MISSING.equals(value);
        if (removes && MISSING.equals(get(field))) {
            return;
        }
        Object whole = get(field.node.field());
        changes.set(batch(), index, field.node, PlainValues.with(whole, field.rest, value));
    }

    /** Whether {@link #set} changed anything since the last move. */
    public boolean changed() {
        return changes.any();
    }

    /** The event as it is now, to come back to. */
    public Mark mark() {
        return new Mark(changes.mark(), moves);
    }

    /**
     * Undoes the changes that were made since a mark, which may be used again.
     *
     * @throws IllegalStateException if the cursor has moved since
     */
    public void reset(Mark mark) {
        if (mark.move != moves) {
            throw new IllegalStateException("a mark of another event");
        }
        changes.reset(mark.changes);
    }

    /** One event at one moment. Of use until the cursor moves. */
    public static final class Mark {
        private final Changes.Mark changes;
        private final long move;

        private Mark(Changes.Mark changes, long move) {
            this.changes = changes;
            this.move = move;
        }
    }

    /** The bytes of the event as it came in. */
    public byte[] rawJson() {
        int start = batch().start(index);
        return Arrays.copyOfRange(batch().bytes(), start, start + batch().length(index));
    }

    /**
     * The event as it is now: what was not changed byte for byte, changed members in their old
     * place, new ones at the end of their object.
     */
    public byte[] toJson() {
        return changes.any() ? changes.toJson(batch(), index) : rawJson();
    }

    private Place sent(Field field) {
        batch().locate(index, field.node.slot, place);
        return field.rest.isEmpty() ? place : place.descend(field.restUtf8);
    }

    private EventBatch batch() {
        if (batch == null) {
            throw new IllegalStateException("not moved to an event yet");
        }
        return batch;
    }
}
