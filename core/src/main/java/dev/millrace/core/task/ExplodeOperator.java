package dev.millrace.core.task;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.JsonKind;

import java.util.List;

/**
 * Makes one event of every element of a list. A list that is missing, null or empty makes none. The
 * parts do not have the list: with it, an event would grow by the square of its elements.
 */
record ExplodeOperator(String name, Field list, Field item, Field index)
        implements Operator.Splitting {
    @Override
    public Parts split(Event event) throws StageFailure {
        if (event.get(list) instanceof List<?> elements) {
            return new Elements(elements);
        }
        JsonKind kind = event.kind(list);
        if (kind == JsonKind.MISSING || kind == JsonKind.NULL) {
            return new Elements(List.of());
        }
        throw new StageFailure(
                "type",
                "%s must be a list to be exploded, is %s".formatted(list, kind.described()));
    }

    private final class Elements implements Parts {
        private final List<?> elements;

        Elements(List<?> elements) {
            this.elements = elements;
        }

        @Override
        public int size() {
            return elements.size();
        }

        @Override
        public void turn(Event event, int position) {
            event.set(list, Event.MISSING);
            event.set(item, elements.get(position));
            event.set(index, (long) position);
        }
    }
}
