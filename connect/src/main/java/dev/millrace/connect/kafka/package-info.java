/** Topics of Kafka as sinks and sources. */
@NullMarked
package dev.millrace.connect.kafka;

import org.jspecify.annotations.NullMarked;
