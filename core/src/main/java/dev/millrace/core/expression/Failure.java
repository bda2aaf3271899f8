package dev.millrace.core.expression;

import dev.cel.common.CelErrorCode;
import dev.cel.common.exceptions.CelRuntimeException;
import dev.millrace.core.expression.EvaluationException.Code;

import org.jspecify.annotations.Nullable;

/**
 * How our own functions and variables fail inside CEL, which hands this on unchanged. {@link
 * Diagnosis} turns it into an {@link EvaluationException}.
 */
final class Failure extends CelRuntimeException {
    private final Code code;
    private final String message;
    private final @Nullable Mismatch mismatch;

    /** Operands that do not go together. */
    record Mismatch(Operator operator, Kind left, Kind right) {}

    Failure(Code code, String message) {
        this(code, message, null);
    }

    private Failure(Code code, String message, @Nullable Mismatch mismatch) {
        super((@Nullable Throwable) null, CelErrorCode.INVALID_ARGUMENT);
        this.code = code;
        this.message = message;
        this.mismatch = mismatch;
    }

    static Failure mismatch(Operator operator, Object left, Object right) {
        Mismatch mismatch = new Mismatch(operator, Kind.of(left), Kind.of(right));
        return new Failure(
                Code.TYPE,
                "'%s' cannot take %s and %s"
                        .formatted(operator.symbol(), mismatch.left, mismatch.right),
                mismatch);
    }

    Code code() {
        return code;
    }

    @Nullable Mismatch mismatch() {
        return mismatch;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /** None: CEL absorbs failures under {@code ||} and {@code &&}, where they must stay cheap. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
