package dev.millrace.core.task;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.PlainValues;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.handler.Handled;
import dev.millrace.core.handler.HandlerCall;
import dev.millrace.core.handler.HandlerFailure;
import dev.millrace.core.handler.PlainEvent;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Has Java code make none, one or many events of one. Of what comes back only the data count: the
 * rest of an event is as it came in, or the event is refused.
 */
record HandleOperator(String name, HandlerCall handler, Field data) implements Operator.Splitting {
    @Override
    public Parts split(Event event) throws StageFailure {
        PlainEvent given = PlainEvent.of(event, data);
        return switch (call(given)) {
            case null ->
                    throw new StageFailure(
                            "handler-failed",
                            "the handler returned null; to end an event it returns Handled.none()");
            case PlainEvent one -> made(given, List.of(one), true);
            case Handled.None _ -> made(given, List.of(), false);
            case Handled.Many many -> made(given, many.events(), false);
        };
    }

    private @Nullable Handled call(PlainEvent event) throws StageFailure {
        try {
            return handler.call(event);
        } catch (HandlerFailure failure) {
            throw new StageFailure(failure.code(), failure.sentence());
        }
    }

    private Made made(PlainEvent given, List<PlainEvent> events, boolean whole)
            throws StageFailure {
        for (PlainEvent event : events) {
            check(given, event);
        }
        return new Made(data, given, events, whole);
    }

    private static void check(PlainEvent given, PlainEvent returned) throws StageFailure {
        if (!returned.sharesEnvelopeWith(given)) {
            throw new StageFailure(
                    "handler-failed",
                    "the handler returned another event, %s; only the data of an event can change"
                            .formatted(returned.id()));
        }
        if (!returned.sharesDataWith(given)
                && PlainValues.size(returned.data()) > ReadLimits.DEFAULT_EVENT_BYTES) {
            throw new StageFailure(
                    "too-large",
                    "the handler returned an event of more than %d bytes"
                            .formatted(ReadLimits.DEFAULT_EVENT_BYTES));
        }
    }

    private record Made(Field data, PlainEvent given, List<PlainEvent> events, boolean isWhole)
            implements Parts {
        @Override
        public int size() {
            return events.size();
        }

        @Override
        public void turn(Event event, int index) {
            PlainEvent made = events.get(index);
            if (!made.sharesDataWith(given)) {
                event.set(data, made.data());
            }
        }
    }
}
