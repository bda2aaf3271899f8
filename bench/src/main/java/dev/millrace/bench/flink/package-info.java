/** Apache Flink in this process. */
@NullMarked
package dev.millrace.bench.flink;

import org.jspecify.annotations.NullMarked;
