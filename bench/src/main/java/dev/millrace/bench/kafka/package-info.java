/** A Kafka broker and Kafka Streams in this process. */
@NullMarked
package dev.millrace.bench.kafka;

import org.jspecify.annotations.NullMarked;
