/** Kafka Streams, with a broker in this process. */
@NullMarked
package dev.millrace.bench.kafka;

import org.jspecify.annotations.NullMarked;
