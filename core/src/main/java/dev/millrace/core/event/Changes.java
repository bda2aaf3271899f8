package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The fields of one event that were changed, by slot, laid over its bytes. Confined to one thread.
 *
 * <p>Invariant: a slot is {@code AS_SENT} only if nothing at, above or below it was changed.
 * Setting a node settles all nodes below from the new value and marks all above as patched.
 */
final class Changes {
    private enum State {
        AS_SENT,
        /** {@code values} has the value, or MISSING. */
        REPLACED,
        /**
         * An object with changes below; its other members are those of the map in {@code values},
         * or where that is null, those sent.
         */
        PATCHED
    }

    private final Projection projection;
    private final State[] states;
    private final @Nullable Object[] values;
    private final Place place = new Place();
    private boolean any;

    Changes(Projection projection) {
        this.projection = projection;
        this.states = new State[projection.slots()];
        this.values = new Object[projection.slots()];
        Arrays.fill(states, State.AS_SENT);
    }

    boolean any() {
        return any;
    }

    void clear() {
        if (any) {
            Arrays.fill(states, State.AS_SENT);
            Arrays.fill(values, null);
            any = false;
        }
    }

    /** What was changed by now. */
    Mark mark() {
        return new Mark(any, states.clone(), values.clone());
    }

    /** Goes back to what was changed when the mark was made; marks may be used again. */
    void reset(Mark mark) {
        any = mark.any;
        System.arraycopy(mark.states, 0, states, 0, states.length);
        System.arraycopy(mark.values, 0, values, 0, values.length);
    }

    /** The fields that were changed at one moment. */
    static final class Mark {
        private final boolean any;
        private final State[] states;
        private final @Nullable Object[] values;

        private Mark(boolean any, State[] states, @Nullable Object[] values) {
            this.any = any;
            this.states = states;
            this.values = values;
        }
    }

    boolean touch(Projection.Node node) {
        return any && states[node.slot] != State.AS_SENT;
    }

    /** What a touched node is now. */
    JsonKind kind(Projection.Node node) {
        return states[node.slot] == State.PATCHED
                ? JsonKind.OBJECT
                : PlainValues.kind(values[node.slot]);
    }

    /** The value of a touched node. */
    @Nullable Object get(EventBatch batch, int index, Projection.Node node) {
        if (states[node.slot] == State.REPLACED) {
            return values[node.slot];
        }
        JsonEncoder encoder = new JsonEncoder();
        write(batch, index, node, encoder);
        return Json.decode(encoder.toByteArray());
    }

    /** Sets a node; MISSING removes it. */
    void set(EventBatch batch, int index, Projection.Node node, @Nullable Object value) {
        Projection.Node parent = node.parent;
        if (Event.MISSING.equals(value) && parent != null && !isObject(batch, index, parent)) {
            return;
        }
        any = true;
        replace(node, value);
        for (Projection.Node above = parent;
                above != null && above.slot >= 0;
                above = above.parent) {
            if (!isObject(batch, index, above)) {
                values[above.slot] = Map.of();
            }
            states[above.slot] = State.PATCHED;
        }
    }

    private boolean isObject(EventBatch batch, int index, Projection.Node node) {
        if (node.slot < 0) {
            return true;
        }
        if (states[node.slot] != State.AS_SENT) {
            return kind(node) == JsonKind.OBJECT;
        }
        batch.locate(index, node.slot, place);
        return place.kind() == JsonKind.OBJECT;
    }

    private void replace(Projection.Node node, @Nullable Object value) {
        states[node.slot] = State.REPLACED;
        values[node.slot] = value;
        for (Projection.Node child : node.children()) {
            replace(child, PlainValues.inside(value, List.of(child.name())));
        }
    }

    /** The whole event with its changes. */
    byte[] toJson(EventBatch batch, int index) {
        JsonEncoder out = new JsonEncoder();
        patchSent(batch, index, projection.event(), batch.start(index), out);
        return out.toByteArray();
    }

    private void write(EventBatch batch, int index, Projection.Node node, JsonEncoder out) {
        switch (states[node.slot]) {
            case AS_SENT -> {
                batch.locate(index, node.slot, place);
                int quote = place.kind() == JsonKind.STRING ? 1 : 0;
                out.raw(batch.bytes(), place.start() - quote, place.length() + 2 * quote);
            }
            case REPLACED -> out.value(values[node.slot]);
            case PATCHED -> {
                if (values[node.slot] instanceof Map<?, ?> base) {
                    patchMap(batch, index, node, base, out);
                } else {
                    batch.locate(index, node.slot, place);
                    patchSent(batch, index, node, place.start(), out);
                }
            }
        }
    }

    private void patchSent(
            EventBatch batch, int index, Projection.Node node, int start, JsonEncoder out) {
        ObjectPatch patch = new ObjectPatch(batch, index, node, out);
        byte[] bytes = batch.bytes();
        int end = batch.start(index) + batch.length(index);
        Members members = new Members(JsonScanner.trusting(bytes, end), bytes, start);
        while (members.next()) {
            String name = members.name();
            int from = members.valueStart();
            int to = members.skip();
            if (!patch.child(name)) {
                patch.name(name);
                out.raw(bytes, from, to - from);
            }
        }
        patch.finish();
    }

    private void patchMap(
            EventBatch batch, int index, Projection.Node node, Map<?, ?> base, JsonEncoder out) {
        ObjectPatch patch = new ObjectPatch(batch, index, node, out);
        base.forEach((name, value) -> {
            if (!patch.child((String) name)) {
                patch.name((String) name);
                out.value(value);
            }
        });
        patch.finish();
    }

    /**
     * One object being written: projected children from here, once each, other members as given.
     */
    private final class ObjectPatch {
        private final EventBatch batch;
        private final int index;
        private final Projection.Node node;
        private final JsonEncoder out;
        private final boolean[] written;
        private char before = '{';

        ObjectPatch(EventBatch batch, int index, Projection.Node node, JsonEncoder out) {
            this.batch = batch;
            this.index = index;
            this.node = node;
            this.out = out;
            this.written = new boolean[node.children().size()];
        }

        /** Whether a child has that name, which is written now if there still is one. */
        boolean child(String name) {
            Projection.Node child = node.child(name);
            if (child == null) {
                return false;
            }
            write(node.children().indexOf(child));
            return true;
        }

        private void write(int position) {
            Projection.Node child = node.children().get(position);
            if (!written[position] && isThere(child)) {
                name(child.name());
                Changes.this.write(batch, index, child, out);
            }
            written[position] = true;
        }

        private boolean isThere(Projection.Node child) {
            if (states[child.slot] != State.AS_SENT) {
                return kind(child) != JsonKind.MISSING;
            }
            batch.locate(index, child.slot, place);
            return place.kind() != JsonKind.MISSING;
        }

        void name(String name) {
            out.raw(before);
            before = ',';
            out.string(name);
            out.raw(':');
        }

        void finish() {
            for (int position = 0; position < written.length; position++) {
                write(position);
            }
            if (before == '{') {
                out.raw('{');
            }
            out.raw('}');
        }
    }
}
