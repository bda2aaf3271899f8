/** Lookups by queries of PostgreSQL. */
@NullMarked
package dev.millrace.connect.postgres;

import org.jspecify.annotations.NullMarked;
