package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

/** What a row shows, by the place of the value in the definition. */
@FunctionalInterface
interface RowValues {
    @Nullable Object value(int index);
}
