package dev.millrace.connect.table;

import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.lookup.Answer;

import java.util.Map;

/**
 * What a file held.
 *
 * @param byKey plain values, none of them null, by key as text
 */
record Table(Map<String, Object> byKey) {
    /** Rows of one table. */
    static final int ROWS_MAX = 1_000_000;

    private static final Answer NOTHING = new Answer.Nothing();

    Answer find(String key) {
        Object value = byKey.get(key);
        return value == null ? NOTHING : new Answer.Found(value);
    }

    /** A table that grows by one row has to pass this. */
    static void checkRows(int rows) throws UnusableSourceException {
        if (rows > ROWS_MAX) {
            throw new UnusableSourceException(
                    "it has more than %,d rows, which is the most that is held in memory; look larger ones up in postgres"
                            .formatted(ROWS_MAX));
        }
    }

    static UnusableSourceException duplicate(String key, int line, int firstLine) {
        return new UnusableSourceException(
                "the key '%s' stands in line %d and in line %d; leave one of them out"
                        .formatted(key, firstLine, line));
    }
}
