/**
 * Kafka in this process. Whoever starts one declares its artifacts, which are optional here, so
 * that nobody else has to fetch them.
 */
@NullMarked
package dev.millrace.testing.kafka;

import org.jspecify.annotations.NullMarked;
