/** Files of NDJSON as sinks. */
@NullMarked
package dev.millrace.connect.file;

import org.jspecify.annotations.NullMarked;
