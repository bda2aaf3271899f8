package dev.millrace.core.expression;

import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.extensions.CelExtensions;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the functions of the language take. */
final class Overloads {
    private static final Map<String, CelOverloadDecl> BY_ID =
            Stream.concat(
                            Arrays.stream(StandardFunction.values())
                                    .map(StandardFunction::functionDecl),
                            CelExtensions.strings().functions().stream())
                    .map(CelFunctionDecl::overloads)
                    .flatMap(Collection::stream)
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    CelOverloadDecl::overloadId, o -> o, (a, _) -> a));

    private Overloads() {}

    /**
     * The kinds that any of the overloads takes at a place, in order; the target of a call is at
     * place 0. {@link Kind#ANY} where an overload is not known or takes anything.
     */
    static Set<Kind> kindsTaken(Collection<String> overloadIds, int place) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (String id : overloadIds) {
            CelOverloadDecl overload = BY_ID.get(id);
            kinds.add(
                    overload == null || overload.parameterTypes().size() <= place
                            ? Kind.ANY
                            : Kind.of(overload.parameterTypes().get(place)));
        }
        return kinds;
    }
}
