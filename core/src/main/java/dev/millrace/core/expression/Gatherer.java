package dev.millrace.core.expression;

import dev.cel.runtime.CelFunctionBinding;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The list that {@code map} and {@code filter} build up. CEL copies such a list at every step,
 * which makes the macros quadratic; since each step is the only user of what the step before left,
 * it can grow in place. No {@code List}, or CEL would copy it all the same.
 */
final class Gatherer {
    static final String START = "@gather";
    static final String APPEND = "@append";
    static final String FINISH = "@gathered";

    private final List<Object> values = new ArrayList<>();

    static List<CelFunctionBinding> bindings() {
        return List.of(
                CelFunctionBinding.from(START, List.of(), _ -> new Gatherer()),
                CelFunctionBinding.from(APPEND, Gatherer.class, Object.class, Gatherer::append),
                CelFunctionBinding.from(FINISH, Gatherer.class, Gatherer::list));
    }

    private Gatherer append(Object value) {
        values.add(value);
        return this;
    }

    private List<Object> list() {
        return Collections.unmodifiableList(values);
    }
}
