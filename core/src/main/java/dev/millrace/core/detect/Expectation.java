package dev.millrace.core.detect;

/**
 * What a group is expected to show in one window: a range, since several baselines have their say,
 * and how far beyond each end is one deviation.
 *
 * @param high the greatest of the baselines, that a surge must exceed
 * @param highDeviation more than 0
 * @param low the least of the baselines, below which a drop must be
 * @param lowDeviation more than 0
 */
record Expectation(double high, double highDeviation, double low, double lowDeviation) {
    Expectation {
        if (!(highDeviation > 0 && lowDeviation > 0)) {
            throw new IllegalArgumentException(
                    "deviations must be more than 0, are %s and %s"
                            .formatted(highDeviation, lowDeviation));
        }
    }

    /** The baseline that counts in a direction. */
    double baseline(Direction direction) {
        return switch (direction) {
            case SURGE -> high;
            case DROP -> low;
        };
    }

    /** By how many deviations a value is above (positive) or below the baseline. */
    double score(Direction direction, double value) {
        return switch (direction) {
            case SURGE -> (value - high) / highDeviation;
            case DROP -> (value - low) / lowDeviation;
        };
    }
}
