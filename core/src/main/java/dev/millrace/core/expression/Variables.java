package dev.millrace.core.expression;

import dev.cel.runtime.CelVariableResolver;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.JsonKind;
import dev.millrace.core.event.Projection;
import dev.millrace.core.expression.EvaluationException.Code;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the variables of a rewritten expression from the event at hand. One thread's. */
final class Variables implements CelVariableResolver {
    private static final Optional<Object> TRUE = Optional.of(true);
    private static final Optional<Object> FALSE = Optional.of(false);

    private final Map<String, Source> sources = new HashMap<>();
    private @Nullable Event event;

    /** Where one variable comes from. */
    private sealed interface Source {
        record Value(Field field, Projection projection) implements Source {}

        record Presence(Field field) implements Source {}

        record Constant(Optional<Object> value) implements Source {}
    }

    Variables(Map<String, Slot> slots, Projection projection) {
        slots.forEach((name, slot) -> sources.put(name, source(slot, projection)));
    }

    private static Source source(Slot slot, Projection projection) {
        return switch (slot) {
            case Slot.Value value -> new Source.Value(projection.field(value.path()), projection);
            case Slot.Presence has -> new Source.Presence(projection.field(has.path()));
            case Slot.Constant constant -> new Source.Constant(Optional.of(constant.value()));
        };
    }

    void event(Event next) {
        this.event = next;
    }

    /** Names of macros are not here; CEL asks for them all the same. */
    @Override
    public Optional<Object> find(String name) {
        Event current = event;
        if (current == null) {
            return Optional.empty();
        }
        return switch (sources.get(name)) {
            case null -> Optional.empty();
            case Source.Value value -> Optional.of(read(current, value));
            case Source.Presence has -> current.kind(has.field) == JsonKind.MISSING ? FALSE : TRUE;
            case Source.Constant constant -> constant.value;
        };
    }

    private static Object read(Event event, Source.Value source) {
        Object value = event.get(source.field);
        if (Event.MISSING.equals(value)) {
            throw new Failure(Code.NO_SUCH_FIELD, "no such field: " + firstMissing(event, source));
        }
        return value instanceof String ? value : Values.toCel(value);
    }

    /** The path to the outermost object that is not there. */
    private static FieldPath firstMissing(Event event, Source.Value source) {
        FieldPath path = source.field.path();
        for (int depth = 2; depth < path.names().size(); depth++) {
            FieldPath outer = new FieldPath(path.names().subList(0, depth));
            if (event.kind(source.projection.field(outer)) == JsonKind.MISSING) {
                return outer;
            }
        }
        return path;
    }
}
