package dev.millrace.core.expression;

import static dev.cel.common.CelFunctionDecl.newFunctionDeclaration;
import static dev.cel.common.CelOverloadDecl.newGlobalOverload;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;

import java.util.ArrayList;
import java.util.List;

/**
 * The language: the variables, the standard macros and functions, and CEL's extensions for strings,
 * math, sets and base64. Shared by all expressions and thread-safe.
 */
final class Environment {
    private static final CelOptions OPTIONS =
            CelOptions.current()
                    .enableHeterogeneousNumericComparisons(true)
                    .comprehensionMaxIterations(Limits.ITERATIONS_MAX)
                    .maxExpressionCodePointSize(Limits.SOURCE_LENGTH_MAX)
                    .maxParseRecursionDepth(Limits.NESTING_MAX)
                    .maxRegexProgramSize(Limits.REGEX_SIZE_MAX)
                    .build();

    static final CelCompiler COMPILER =
            CelCompilerFactory.standardCelCompilerBuilder()
                    .setOptions(OPTIONS)
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                    .addVar("id", SimpleType.STRING)
                    .addVar("type", SimpleType.STRING)
                    .addVar("source", SimpleType.STRING)
                    .addVar("timestamp", SimpleType.INT)
                    .addVar("data", MapType.create(SimpleType.STRING, SimpleType.DYN))
                    .addLibraries(
                            CelExtensions.strings(),
                            CelExtensions.math(),
                            CelExtensions.sets(OPTIONS),
                            CelExtensions.encoders(OPTIONS))
                    .addFunctionDeclarations(mixedOperands())
                    .build();

    /** The planner: about half the cost of CEL's standard runtime. */
    static final CelRuntime RUNTIME =
            CelRuntimeFactory.plannerRuntimeBuilder()
                    .setOptions(OPTIONS)
                    .addLibraries(
                            CelExtensions.strings(),
                            CelExtensions.math(),
                            CelExtensions.sets(OPTIONS),
                            CelExtensions.encoders(OPTIONS))
                    .addFunctionBindings(Operators.bindings())
                    .addFunctionBindings(Bounded.bindings())
                    .addFunctionBindings(Gatherer.bindings())
                    .build();

    private Environment() {}

    /** What CEL's type checker would refuse. {@link Rewriter} leaves no call of these. */
    private static List<CelFunctionDecl> mixedOperands() {
        List<CelFunctionDecl> declarations = new ArrayList<>();
        for (Arithmetic operator : Arithmetic.values()) {
            declarations.add(mixed(operator, SimpleType.DOUBLE));
        }
        for (Equality operator : Equality.values()) {
            declarations.add(mixed(operator, SimpleType.BOOL));
        }
        declarations.add(
                newFunctionDeclaration(
                        "_%_",
                        newGlobalOverload(
                                "modulo_double",
                                SimpleType.DOUBLE,
                                SimpleType.DOUBLE,
                                SimpleType.DOUBLE)));
        return declarations;
    }

    private static CelFunctionDecl mixed(Operator operator, CelType result) {
        return newFunctionDeclaration(
                "_" + operator.symbol() + "_",
                newGlobalOverload(
                        operator.id() + "_int64_double", result, SimpleType.INT, SimpleType.DOUBLE),
                newGlobalOverload(
                        operator.id() + "_double_int64",
                        result,
                        SimpleType.DOUBLE,
                        SimpleType.INT));
    }
}
