/** PostgreSQL: lookups by queries, and sinks that write tables. */
@NullMarked
package dev.millrace.connect.postgres;

import org.jspecify.annotations.NullMarked;
