package dev.millrace.core.detect;

import dev.millrace.core.pipeline.Stage;

/** When a value stands out. */
record Sensitivity(double deviations, double minimum) {
    /**
     * An excursion lasts until the value is this much nearer to its baseline than it must begin.
     */
    private static final double HYSTERESIS = 0.5;

    static Sensitivity of(Stage.Detect stage) {
        return new Sensitivity(stage.sensitivity(), stage.minimum());
    }

    boolean begins(Direction direction, double value, Expectation expected) {
        return switch (direction) {
            case SURGE -> value >= minimum && expected.score(direction, value) >= deviations;
            case DROP ->
                    expected.baseline(direction) >= minimum
                            && expected.score(direction, value) <= -deviations;
        };
    }

    boolean lasts(Direction direction, double value, Expectation expected) {
        double score = expected.score(direction, value);
        return (direction == Direction.SURGE ? score : -score) >= HYSTERESIS * deviations;
    }

    /** The value nearest to what is expected that stands out. */
    double edge(Direction direction, Expectation expected) {
        return switch (direction) {
            case SURGE -> expected.high() + deviations * expected.highDeviation();
            case DROP -> expected.low() - deviations * expected.lowDeviation();
        };
    }
}
