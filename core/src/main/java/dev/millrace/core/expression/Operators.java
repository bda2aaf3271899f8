package dev.millrace.core.expression;

import dev.cel.runtime.CelFunctionBinding;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every {@link Operator}. */
final class Operators {
    private static final Map<String, Operator> BY_FUNCTION =
            Stream.<Operator[]>of(Arithmetic.values(), Order.values(), Equality.values())
                    .flatMap(Arrays::stream)
                    .collect(Collectors.toMap(o -> "_" + o.symbol() + "_", o -> o));

    private Operators() {}

    /** By CEL's name, such as {@code _+_}. */
    static @Nullable Operator of(String function) {
        return BY_FUNCTION.get(function);
    }

    @SuppressWarnings("Immutable") // every operator is a constant of an enum
    static List<CelFunctionBinding> bindings() {
        return BY_FUNCTION.values().stream()
                .map(o -> CelFunctionBinding.from(o.id(), Object.class, Object.class, o::apply))
                .toList();
    }
}
