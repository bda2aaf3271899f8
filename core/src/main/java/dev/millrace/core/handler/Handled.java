package dev.millrace.core.handler;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a handler made of an event: the event itself, perhaps changed, none, or many. */
public sealed interface Handled permits PlainEvent, Handled.None, Handled.Many {
    /** The event ends here; it is counted as filtered. */
    static Handled none() {
        return None.NONE;
    }

    /** Each of these goes on by itself; of an empty list, none. */
    static Handled many(List<PlainEvent> events) {
        return events.isEmpty() ? none() : new Many(events);
    }

    /** Each of these goes on by itself. */
    static Handled many(PlainEvent... events) {
        return many(Arrays.asList(events));
    }

    /** See {@link Handled#none}. */
    enum None implements Handled {
        NONE
    }

    /**
     * See {@link Handled#many}.
     *
     * @param events at least one
     */
    record Many(List<PlainEvent> events) implements Handled {
        public Many {
            List<@Nullable PlainEvent> given = new ArrayList<>(events);
            if (given.isEmpty()) {
                throw new IllegalArgumentException("many events must be at least one");
            }
            int missing = given.indexOf(null);
            if (missing >= 0) {
                throw new IllegalArgumentException(
                        "event %d of the list of %d is null".formatted(missing, given.size()));
            }
            events = List.copyOf(events);
        }
    }
}
